/** Follow-ups and proposals, contacts, quotes. */
const zhCN = {
  followUps: {
    views: '常用视图', view: { mine: '我的到期', overdue: '已逾期', open: '全部未完成', done: '已完成', proposals: '挽回建议' },
    player: '玩家', day: '跟进日期', from: '日期从', to: '日期到', team: '小组', state: '状态', onlyOverdue: '只看逾期', onlyDone: '只看已完成', acts: '操作', moved: '推迟',
    movedTimes: '推迟 {n} 次，原定 {day}', done: '已跟进', notYours: '只有负责客服、代班客服、本组组长或管理员可以操作。',
    postpone: '推迟', postponeOf: '推迟 {player} 的跟进（原定 {day}）', newDay: '跟进日期', reason: '原因（选填）', in: { 1: '明天', 3: '3 天后', 7: '7 天后' },
    needsDay: '请选择日期', past: '请选择今天或以后', postponed: '跟进已推迟到 {day}。',
    empty: '没有符合条件的跟进。记录沟通时选「考虑中」并定好日期，就会出现在这里。',
    ticket: '起因', closedTicket: '{category}工单已解决', proposedAt: '建议时间', noProposals: '没有挽回建议。充值、退款类工单完成后会自动提出。',
    proposal: { open: '待决定', taken: '已接手', dismissed: '不跟进', done: '已联系', withdrawn: '已撤回', lapsed: '已过期' },
    take: '接手', retake: '改日期', takeOf: '接手：哪天联系 {player}？', taken: '已接手，{day} 提醒。', dismiss: '不跟进', dismissOf: '不跟进 {player}', dismissed: '已标记为不跟进。',
  },
  contacts: {
    when: '沟通时间', agent: '客服', offered: '报价', nextDay: '下次跟进', playerId: '玩家 ID',
    empty: '没有符合条件的沟通记录。在工作台打开玩家，按 L 记录沟通。',
    views: '常用视图', view: { mine: '我的', won: '成交', lost: '未成交', all: '全部' },
  },
  quotes: {
    views: '常用视图', view: { mine: '我的有效报价', ending: '24 小时内到期', open: '全部有效', all: '全部' },
    number: '编号', pack: '礼包', price: '报价', state: '状态', until: '有效期至', agent: '报价人', made: '报价时间', madeFrom: '报价日从', madeTo: '报价日到', acts: '操作', ending: '24 小时内到期', playerId: '玩家 ID',
    states: { open: '有效', sold: '已成交', withdrawn: '已撤回', expired: '已过期' }, extendedOnce: '已延期',
    empty: '没有符合条件的报价。在工作台打开玩家，给他报价后会出现在这里。',
    withdraw: '撤回', withdrawOf: '撤回 {number}：{player} 将不能再按 {price} 购买', withdrawn: '报价 {number} 已撤回。', reason: '原因', needsReason: '请写原因',
    extend: '延期', extendOf: '延长 {number}（{player}，现到 {time}）', extendTo: '延长到', extended: '报价 {number} 已延长到 {time}。', needsTime: '请选择时间', notLater: '要晚于现在的有效期',
    hint: '只能延一次，最多到 7 天后，且不超过礼包的有效期。', latest: '最晚到 {time}',
    notYours: '只有报价人、负责客服、他们的组长或管理员可以撤回。', leadsOnly: '只有报价人的组长或管理员可以延期。', ownQuote: '自己的报价要由其他人延期。', open: '打开订单',
  },
}

export default zhCN
