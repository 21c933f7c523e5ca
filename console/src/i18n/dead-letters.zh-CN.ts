/** Events that a part of the desk could not handle. */
const zhCN = {
  deadLetters: {
    listeners: '接收方', listener: { tickets: '工单', sales: '销售', catalog: '商品' }, of: '{name}（{n}）', what: '某一部分发出、另一部分处理不了的消息会留在这里，其他消息照常处理。修好原因后重新处理；每条消息只会生效一次。',
    kind: { player: '玩家', profile: '游戏资料', agent: '客服', item: '道具', pack: '礼包', campaign: '活动', ticket: '工单', order: '订单', digest: '核对' },
    type: '关于', about: '对象编号', error: '错误类型', at: '失败时间', act: '操作', replay: '重新处理', unreadable: '消息读不了', empty: '没有处理不了的消息。', done: '已重新处理。', doneBefore: '这条消息已有人处理过。', failed: '{type}：{error}',
  },
}

export default zhCN
