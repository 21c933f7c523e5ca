/** What the home page and a ticket's own page show only when asked for. */
const zhCN = {
  desk: {
    history: {
      title: '变更记录', empty: '还没有变更。', created: '新建', handed_off: '负责客服', tier_changed: '消费等级', merged: '合并了另一份资料', merge_undone: '取消了合并', contacts_revealed: '查看了联系方式',
      profile_appeared: '新的游戏账号', profile_lost: '游戏账号消失', renamed: '改名', moved_server: '转区', byGame: '游戏同步', unavailable: '变更记录暂时读不到。',
    },
    merge: {
      title: '合并同一个人的另一份资料', hint: '保留现在打开的这位玩家，把另一份合并进来。合并后可以撤销。', find: '另一份的微信号、手机号或昵称', search: '查找', none: '没有找到另一份资料。', this: '这份：{value}', other: '另一份：{value}', both: '都要', submit: '合并',
      done: '两份资料已合并。', past: '合并记录', undo: '撤销合并', undoAsk: '将重新分成两位玩家。', undoReason: '合并有误', undone: '合并已撤销。', undoneAt: '已撤销', pick: '选择', stricter: '年龄段按更严格的保留',
      phones: '手机号都保留：{phones}', coming: '一起归到这位玩家：工单 {tickets}、订单 {orders}、报价 {quotes}、沟通 {touches}。', blocked: '另一份是「勿再联系」：合并后这位玩家也不能联系。',
    },
    handOver: { to: '转交给', submit: '转交', done: '玩家已转交给{agent}。', hint: '玩家的未完成工单和跟进会一起转过去。' },
    erase: { title: '应玩家要求删除资料', hint: '联系方式、姓名、备注、标签和游戏资料会被永久删除，包括合并进来的资料。不能撤销。', reason: '原因（不要写姓名和联系方式）', submit: '永久删除', question: '确定永久删除？', done: '资料已删除。' },
    lift: { since: '{agent} 记录于', reason: '为什么可以再联系（必填）', submit: '解除勿再联系', done: '已解除，可以再联系这位玩家。' },
    timeline: {
      title: '全部动态', all: '全部', tickets: '工单', sales: '销售', players: '资料', empty: '还没有动态。', emptyKind: '没有这一类动态。', unavailable: '动态暂时读不到。', partly: '{names}的动态暂时读不到。',
      refund: '退款', order: '订单', quote: '报价', touch: '沟通', delivery: '发货', load: '加载更早的',
    },
    incident: {
      title: '事件', children: '归在这个事件下的工单', none: '还没有工单归到这里。输入工单编号加入。', open: '{open} 个未完成，{done} 个已完成', add: '加入', number: '工单编号（可多个）', unknown: '没有找到 {numbers}。', most: '一次最多 {n} 个。', detach: '移出',
      added: '{n} 个工单已加入。', removed: '{number} 已移出事件。', parent: '所属事件', answer: '统一答复', text: '答复内容', told: '已在微信上回复玩家', close: '答复后完成工单', solution: '解决方案（可选，默认用答复内容）', send: '答复全部 {n} 个工单',
      progress: '已处理 {done} / {total}', failed: '{n} 个没有成功，请到它们的时间线里答复：', finished: '全部答复完毕。', unavailable: '事件下的工单暂时读不到。',
    },
    lost: '链接可能不完整，或页面已经搬走。',
    ticket: { player: '玩家', open: '在工作台打开', missing: '没有这个工单', missingHint: '它可能不存在，或链接有误。', back: '返回工单列表', game: '游戏', reopens: '接续之前的工单', created: '记录于' },
    reveals: { title: '谁看过联系方式', empty: '还没有别人看过他的联系方式。', unavailable: '查看记录暂时读不到。' },
    purposeLabel: '图片用于', purpose: { problem: '问题', reply: '回复', solution: '解决方案' }, remove: '删除', removeAsk: '删除后不能恢复。', uploading: '{name} 上传中',
    dropHint: '可粘贴或拖到这里，每张不超过 10 MB', template: '回复模板', chooseTemplate: '用模板回复…', noTemplates: '还没有回复模板', templatesUnavailable: '模板暂时读不到',
    templateFailed: '模板填充失败，请再试一次。', missing: '没有复制，还缺：{names}。文字已放在下面，补上后再复制。', account: '游戏账号', chooseAccount: '他有多个账号，选一个…', comma: '、', form: '表单', owner: '玩家的负责客服', transferTo: '转交给', transferNote: '给他的留言（必填）',
    transferStale: '工单刚被同事改过，没有转交，请再试一次。', transferRefused: '工单转交失败。', transferred: '{number} 已转交给{agent}。',
    placeholder: {
      player_name: '微信昵称', ticket_number: '工单编号', ticket_title: '工单标题', agent_name: '客服姓名', agent_wechat_name: '客服微信昵称', game: '游戏', server: '区服', nickname: '游戏昵称',
    },
  },
}

export default zhCN
