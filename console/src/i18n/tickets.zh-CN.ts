/** The page of tickets. */
const zhCN = {
  tickets: {
    views: '常用视图', view: { mine: '我的未完成', overdue: '已逾期', open: '全部未完成', all: '全部' },
    number: '编号', player: '玩家', state: '状态', due: '期限', asked: '提问时间', search: '搜索', searchHint: '手机 / 微信号 / 昵称 / 编号', order: '排序', onlyOverdue: '只看逾期',
    orders: { newest: '最新', oldest: '最早', due: '期限最近' }, askedFrom: '提问从', askedTo: '提问到', assignedTo: '指定处理人', server: '区服（先选游戏）',
    playerId: '玩家 ID', parent: '所属事件 ID', waits: '等待{on}',
    notWhileSearching: '搜索时不生效',
    empty: '没有符合条件的工单。放宽筛选，或在工作台为玩家新建。',
    bulk: '批量操作', transfer: '转交', transferTo: '转交给', choose: '选择客服', owner: '玩家的负责客服', note: '给他的留言（必填）', to: '转为{state}',
    solutionFor: '解决方案（用于还没有方案的 {n} 个工单）', allSolved: '都已有解决方案', moved: '{n} 个工单已转为{state}。',
    transferred: '{n} 个工单已转交给{agent}。', undoNote: '撤销刚才的转交', unchanged: '{n} 个本来就是这样。', stale: '{n} 个刚被同事改过，没有动：{numbers}。', refused: '{n} 个失败：{numbers}。',
  },
}

export default zhCN
