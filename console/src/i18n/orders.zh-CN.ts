/** Orders, their payments, refunds and deliveries. */
const zhCN = {
  orders: {
    views: '常用视图', view: { mine: '我卖的', unverified: '待确认收款', delivered: '已发货', all: '全部' },
    number: '订单号', player: '玩家', pack: '礼包', paid: '实付', state: '状态', delivery: '发货', seller: '成交客服', team: '小组', verified: '到账', search: '搜索', searchHint: '订单号 / 交易单号', paidFrom: '付款日从', paidTo: '付款日到', refundedFrom: '退款日从', refundedTo: '退款日到', playerId: '玩家 ID', orderId: '订单 ID', acts: '操作',
    arrived: '已到账', empty: '没有符合条件的订单。在工作台打开玩家，用「录入成交」录入第一单。', nothingToConfirm: '没有待确认的收款。新的转账录入后会出现在这里。',
    toList: '返回订单列表', comma: '、', refusedActs: '{acts}：{why}', about: '订单 {number}。', unreadable: '订单暂时读不到。',
    item: '道具', unit: '单价', quantity: '数量', sum: '小计', listPrice: '原价合计', discount: '折扣', frozen: '成交时的内容',
    payment: '付款', difference: '差额原因', standIn: '代班', history: '经过',
    attempts: '尝试次数', lastReason: '上次结果', nextAttempt: '下次尝试', owedSince: '应发货时间', deliveredAt: '发货时间', accountUnknown: '未指定账号', waitsForPayment: '收款确认后自动发货。',
    noRefunds: '没有退款。', noRefundsAtAll: '没有退款记录。在订单页登记退款后会出现在这里。', noDeliveries: '没有符合条件的发货。收款确认后会自动发货。',
    refundedOf: '已退 / 实付', afterDelivery: '发货后退款', afterUnknown: '待游戏确认', beforeDelivery: '未发货', refundedBy: '登记人', refundAmountShort: '退款金额',
    deliveryState: { waiting: '待确认收款', queued: '排队中', sending: '发货中', delivered: '已发货', failed: '发货失败', stopped: '已停止', not_possible: '缺账号' },
    deliveryView: { overdue: '已逾期', stuck: '待处理', mine: '我的待处理', all: '全部' }, onlyOverdue: '只看逾期', tried: '已尝试 {n} 次：{why}',
    gameSays: { status: '游戏拒绝（{code}）', lookup: '游戏查询失败（{code}）', timeout: '游戏没有及时回应', connection: '连不上游戏', body: '游戏返回的内容异常', before: '早于自动发货' },
    act: { verify: '确认到账', reject: '未到账', cancel: '取消订单', refund: '登记退款', retry: '重新发货' }, changeAccount: '换账号',
    title: {
      verify: '确认已收到 {amount}？{method}，单号 {transaction}。确认后自动发货，不能撤回。', reject: '{number} 的款没有到账', cancel: '取消 {number}',
    },
    hint: { reject: '订单会取消，交易单号和报价可以重新使用。', cancel: '只用于录错的订单；已付的钱请登记退款。' },
    done: { verify: '{number} 已确认到账，开始发货。', reject: '{number} 已标记未到账并取消。', cancel: '{number} 已取消。' },
    arrivedQuestion: '{amount} 已到账？', rejectReason: '{number} 未到账的原因', rejectHint: '原因，如：账上没有这笔',
    reason: '原因', needsReason: '请写原因', needsAmount: '请输入金额', tooMuch: '最多还能退 {left}',
    refundOf: '登记 {number} 的退款（最多 {left}）', refundAmount: '退款金额（元）', refundMethod: '退款方式', refundTransaction: '退款单号（选填）', refundedAt: '退款时间',
    refunded: '{number} 已登记退款 {amount}。', refundedAfter: '{number} 已登记退款 {amount}。道具已经发出，仍在玩家手里。',
    retry: '发货', retryOf: '{number}：发到哪个账号？', retried: '{number} 已重新提交发货。', sameAccount: '原账号 {account}', readingAccounts: '正在读取账号…', noAccount: '玩家在这个游戏里没有账号：请先刷新资料，或退款。',
    accountsUnavailable: '账号暂时读不到，只能用原账号。',
    own: '自己的订单要由其他人处理。', ownConfirmed: '已确认到账的自己的订单，要由别的组长或管理员来取消。', leadsOnly: '只有成交客服的组长或管理员可以操作。', concerned: '只有成交客服、负责客服、他们的组长或管理员可以操作。',
    not: { verify: '没有待确认的收款。', reject: '没有待确认的收款。', cancel: '现在不能取消。', refund: '没有可退的款。', retry: '已发货或已停止，不用再发。' },
    story: {
      quoted: '报价', extended: '报价延期', paid: '玩家付款', recorded: '录入订单', verified: '确认到账', queued: '开始发货', overdue: '发货逾期', delivered: '游戏已发货', refunded: '退款', rejected: '未到账，取消',
      cancelled: '取消',
    },
  },
}

export default zhCN
