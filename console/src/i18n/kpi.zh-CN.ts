/** The KPI board and what is behind its figures. */
const zhCN = {
  page: { 'kpi-records': '明细' },
  kpi: {
    side: { response: '答复', sales: '销售' },
    period: '时间', periods: { today: '今天', week: '本周', month: '本月', own: '自选' }, from: '从', to: '到', badDay: '请选择起止日期。', badOrder: '结束日期不能早于开始日期。', tooLong: '一次最多看 92 天，请缩短时间。',
    groupBy: '分组', by: { agent: '客服', team: '小组', day: '日期', campaign: '活动', pack: '礼包', tier: '消费等级', reason: '未成交原因' },
    without: { agent: '无客服', team: '无小组', day: '无日期', campaign: '无活动', pack: '无礼包', tier: '无等级', reason: '无原因' },
    agent: '客服', team: '小组', clock: '计时', clocks: { working: '工作时间', elapsed: '自然时间' },
    chart: '图表', asTable: '看表格', chartOf: '图表：{figures}。同样的数字在「看表格」里。', charts: { response: '首次回复', resolution: '解决时长', tickets: '新增与完成', missed: '超时', backlog: '积压', money: '实收与退款', rate: '成交率', contacts: '沟通与成交', orders: '订单与发货', refusals: '未成交与挽回', quotes: '报价' },
    unit: { seconds: '单位：分钟', fen: '单位：元', share: '单位：百分比' }, largest: '只画前 {n} 个，全部见下表。', nothing: '没有可画的数据。',
    noGroups: '工单没有「{by}」这一项，下表只有销售数据。', explain: '说明：{what}', open: '{what}，看明细', empty: '这段时间没有数据。换个时间或放宽筛选。', showAll: '显示全部 {n} 行', more: '还有更多分组没有列出，请缩短时间或加筛选。',
    seconds: '{n} 秒', minutes: '{n} 分', hours: '{h} 小时', hoursMinutes: '{h} 小时 {m} 分',
    figure: {
      response_median: '首次回复中位数', response_p90: '首次回复，90% 在此以内', answered: '已首次回复', response_missed: '首次回复超时', late_recorded: '事后补录', resolution_median: '解决时长中位数', resolution_p90: '解决时长，90% 在此以内',
      resolution_missed: '解决超时', opened: '新工单', done: '完成工单', backlog: '积压', backlog_overdue: '积压中逾期', reopen_rate: '重开率', reopened: '重开',
      touches: '沟通次数', reached: '有回应', players: '联系玩家', deal_rate: '成交率', deals: '成交', revenue: '实收', refunded: '退款额', net: '净收入', unverified_fen: '待确认金额', orders: '订单', median_order: '客单价中位数',
      average_order: '平均客单价', delivered: '已发货', delivery_overdue: '发货逾期', lost: '未成交', won_back: '后来挽回', thinking: '考虑中', quotes: '报价', quotes_sold: '报价成交',
    },
    means: {
      response_median: '从玩家微信提问到他看到第一条回复，一半不超过这个时间。不看平均数，平均会掩盖等得最久的人。', response_p90: '十个里有九个不超过这个时间。', answered: '这段时间提问的工单中，已有首次回复的。', response_missed: '回复晚了，或还没回复且已逾期。没人理的工单也算在内。',
      late_recorded: '回复 15 分钟后才补录的，时间凭记忆，供您判断可信度。', resolution_median: '这段时间完成的工单，一半不超过这个时长。等玩家期间不计时。', resolution_p90: '十个里有九个不超过这个时长。', resolution_missed: '完成晚了，或还没完成且已逾期。',
      opened: '这段时间提问或被重开的工单。', done: '这段时间完成的工单，不论何时提问。', backlog: '时间段结束时还没完成的；还没到结束就是现在。', backlog_overdue: '积压中已经错过期限的。', reopen_rate: '完成的工单里后来又被打开的比例。', reopened: '完成后又被打开的工单数。',
      touches: '记录的沟通，按沟通发生的日期算。', reached: '玩家有回应的沟通，「未回复」不算。', players: '联系到多少人，合并的玩家算一位。', deal_rate: '成交沟通占全部沟通的比例。', deals: '带有有效订单的沟通；只标「成交」没有订单的不算。',
      revenue: '实际收到的钱，不是应付；不含已取消的订单。', refunded: '这段时间退出去的钱，不论订单是何时的。', net: '实收减退款，退得多时会是负数。', unverified_fen: '实收里还没人确认到账的部分。', orders: '已付款且没取消的订单。', median_order: '一半订单不超过这个金额，不受个别大单影响。',
      average_order: '实收除以订单数。', delivered: '订单里游戏已发放的。', delivery_overdue: '游戏迟迟没发的订单。', lost: '以未成交结束的沟通。', won_back: '未成交的玩家后来买了的。', thinking: '以考虑中结束的沟通。', quotes: '这段时间发出的报价。', quotes_sold: '其中后来成了订单的。',
    },
    behind: {
      opened: '新工单', first_response: '已首次回复', first_response_missed: '首次回复超时', resolution: '完成的工单', resolution_missed: '解决超时', backlog: '积压', backlog_overdue: '积压中逾期', reopened: '重开的工单',
      touches: '沟通', reached: '有回应的沟通', deals: '成交的沟通', lost: '未成交的沟通', won_back: '后来挽回的', thinking: '考虑中的沟通', orders: '订单', unverified: '待确认的订单', delivered: '已发货的订单', delivery_overdue: '发货逾期的订单', refunds: '退款', quotes: '报价', quotes_sold: '成交的报价',
    },
    behindMeans: {
      opened: '这段时间提问或被重开的工单。', first_response: '这段时间提问、已有首次回复的工单。', first_response_missed: '首次回复晚了，或还没回复且已逾期。', resolution: '这段时间完成的工单。', resolution_missed: '完成晚了，或还没完成且已逾期。', backlog: '时间段结束时还没完成的工单。', backlog_overdue: '积压中已经错过期限的工单。', reopened: '这段时间完成、后来又被打开的工单。',
      touches: '按沟通发生的日期算。', reached: '玩家有回应的沟通。', deals: '带有有效订单的沟通。', lost: '以未成交结束的沟通。', won_back: '未成交，但玩家后来买了。', thinking: '以考虑中结束的沟通。', orders: '这段时间付款、没有取消的订单。', unverified: '付款还没人确认的订单。', delivered: '游戏已发放的订单。', delivery_overdue: '游戏迟迟没发的订单。', refunds: '这段时间退出去的，不论订单是何时的。', quotes: '这段时间发出的报价。', quotes_sold: '发出后成了订单的报价。',
    },
    kind: { touch: '沟通', order: '订单', refund: '退款', quote: '报价' },
    quoteState: { open: '有效', sold: '已成交', withdrawn: '已撤回', expired: '已过期' },
    records: {
      of: '明细：{what}', back: '返回统计', figure: '指标', number: '编号', player: '玩家', what: '内容', result: '结果', took: '用时', deadline: '期限', missed: '超时', late: '补录', waits: '等待中', opened: '提问时间', at: '发生时间', amount: '金额', without: '只看没有', cycle: '第 {n} 次',
      empty: '没有这样的记录。换个时间或清除筛选。',
    },
  },
}

export default zhCN
