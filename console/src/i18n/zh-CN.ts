const zhCN = {
  app: {
    name: '客服台',
    title: 'GameDesk 客服台',
    claim: '玩家、工单、销售，一页办完。',
    skip: '跳到主要内容',
  },
  common: {
    retry: '重试', save: '保存', cancel: '取消', close: '关闭', edit: '编辑', more: '更多', less: '收起', dismiss: '关闭提示',
  },
  theme: { light: '浅色', dark: '深色' },
  time: { justNow: '刚刚', now: '现在' },
  live: { connecting: '连接中', live: '实时', off: '已断开' },
  role: { agent: '客服', lead: '组长', admin: '管理员' },
  session: {
    signIn: '登录', signOut: '退出登录', agentId: '客服 ID', password: '密码',
    help: '忘记密码请联系管理员。', signOutFailed: '退出失败，请检查网络后重试。',
  },
  home: { choose: '选择一位玩家', chooseHint: '他的资料、工单和销售记录会出现在这里。' },
  key: {
    title: '快捷键', search: '搜索玩家', move: '上下移动', open: '打开玩家', ticket: '新建工单', state: '推进工单状态',
    solution: '写解决方案', touch: '记录沟通', save: '保存（输入框内也有效）', back: '返回', help: '显示快捷键',
    single: '启用单键快捷键',
  },
  panel: {
    stale: '旧数据', asOf: '截至', updated: '更新于', refresh: '刷新', refreshNamed: '刷新{name}',
    unavailable: '{name}暂时读不到，其他部分不受影响。',
  },
  conflict: {
    title: '别人刚刚保存了另一份内容。您的内容还在，请选择：',
    theirs: '现有内容', mine: '我的内容', keep: '保存我的', take: '采用现有的',
  },
  list: {
    title: '玩家', search: '微信号 / 手机 / 后四位 / 昵称', searchLabel: '搜索玩家：微信号、手机号、后四位或昵称', new: '新玩家',
    mine: '我的', everyone: '全部', me: '我的玩家', all: '全部玩家', everywhere: '在全部玩家中', searching: '搜索中…', found: '{n}{more} 位',
    unavailable: '玩家列表暂时读不到。', empty: '还没有玩家。点「新玩家」录入第一位。',
  },
  attention: {
    title: '待处理提醒', ticket: '工单', follow_up: '跟进', overdue: '已超时', due: '到期', none: '没有到期的工单和跟进。',
    unavailable: '提醒暂时读不到。', all: '全部 {n} 条', less: '收起',
  },
  tier: { none: '未消费', small: '小R', medium: '中R', big: '大R', whale: '超R' },
  minor: { none: '成年', under_8: '8 岁以下', '8_15': '8–15 岁', '16_17': '16–17 岁' },
  player: {
    card: '玩家资料', unnamed: '未命名玩家', new: '新玩家', phone: '手机号', wechatId: '微信号', wechatName: '微信昵称', tier: '消费等级',
    minorBand: '年龄段', minor: '未成年', note: '备注', owner: '负责客服', mine: '我', aliases: '曾用微信号', reveal: '显示',
    revealHint: '查看完整联系方式，会留下记录', revealWhy: '查看原因（会留下记录）', revealOther: '其他原因',
    revealReason: { reply: '回复玩家', identity: '核对身份', payment: '核对付款' }, syncStarted: '已开始刷新游戏资料。', created: '玩家已建立，游戏资料正在获取。',
    noMatch: '没有找到「{typed}」。直接建立新玩家：', create: '建立玩家', ownerIs: '负责客服 {agent}', openExisting: '打开已有玩家',
    missing: '没有这位玩家', missingHint: '他可能已被合并或删除。请在左侧重新搜索。',
  },
  profile: {
    title: '游戏资料', sync: '重新获取', empty: '还没有游戏资料。点「重新获取」按手机号查询。', game: '游戏', nickname: '昵称', server: '区服',
    level: '等级', levelShort: '{n} 级', account: '游戏账号', state: '状态',
  },
  profileState: { pending: '获取中', ok: '正常', stale: '旧数据', not_found: '未注册', ambiguous: '多个账号', error: '获取失败' },
  state: { pending: '待处理', in_progress: '处理中', done: '完成' },
  category: { account: '账号', payment: '充值', refund: '退款', bug: '故障', gameplay: '玩法', suggestion: '建议', other: '其他' },
  priority: { low: '低', normal: '普通', high: '高', urgent: '紧急' },
  department: { tech: '技术', product: '产品', finance: '财务', copywriting: '文案' },
  waiting: { none: '不等待', player: '玩家', tech: '技术', product: '产品', finance: '财务', copywriting: '文案' },
  ticket: {
    title: '工单', new: '新建工单', detail: '问题详情', placeholder: '玩家问了什么？粘贴或输入问题详情（N）', category: '分类', priority: '优先级',
    askedAt: '微信提问时间', save: '记录工单', open: '{n} 个未完成', empty: '还没有工单。在上面输入玩家的问题即可记录。',
    asked: '提问于', notReplied: '未首次回复', assignee: '处理人', stateOf: '{number} 的状态', solution: '解决方案',
    solutionToClose: '填写解决方案后完成', closeWithSolution: '完成工单', reopen: '重新打开', reopenReason: '重新打开的原因',
    follow: '跟进与时间线', editSolution: '修改方案', writeSolution: '写方案', waitingOn: '等待',
    timelineUnavailable: '时间线暂时读不到。', recordedLate: '补录于', moreDone: '另有 {n} 个已完成',
  },
  entry: {
    add: '添加跟进', kind: '类型', text: '内容', department: '部门', happenedAt: '微信上的时间', save: '添加',
    created: '创建', note: '内部备注', reply: '回复玩家', consultation: '咨询', answer: '部门答复', transition: '状态变更', edit: '修改',
    hint: { reply: '在微信上回复了什么', consultation: '向部门咨询什么', answer: '部门怎么答复', note: '只给同事看的备注' },
  },
  outcome: { won: '成交', lost: '未成交', thinking: '考虑中', no_reply: '未回复', do_not_contact: '勿再联系' },
  sales: {
    title: '销售触点', lastLost: '上次未成交', banned: '玩家要求勿再联系：不要推销。', empty: '还没有销售记录。点「记录沟通」写下第一次接触。',
    all: '全部 {n} 条',
    touches: { error: '沟通记录暂时读不到。', stale: '沟通记录是旧数据。' },
    orders: { error: '订单暂时读不到。', stale: '订单是旧数据。' },
  },
  touch: {
    new: '记录沟通', outcome: '结果', reason: '未成交原因', chooseReason: '请选择原因', situation: '情况', situationRequired: '情况（必填）',
    situationHint: '玩家的状态、聊了什么，下次从哪里接着谈', followUp: '下次跟进', followUpRequired: '下次跟进（必填）', pack: '礼包 ID（可选）',
    save: '保存沟通', saved: '沟通已记录。', needsReason: '请选择未成交原因', needsNote: '这个原因需要说明情况', needsDate: '请选择下次跟进日期',
    reasonsUnavailable: '原因列表暂时读不到', wonHint: '已成交？录入订单会一并冻结礼包和价格。',
  },
  offer: {
    fullPrice: '原价', discount: '{value} 折', revision: '第 {n} 版', notSellable: '现在不能出售', badCode: '礼包 ID 是 5 位字母或数字（不含 0 1 I L O）',
    notFound: '没有这个礼包 ID', unavailable: '礼包资料暂时读不到', loading: '正在读取礼包…',
    whyNot: {
      draft: '草稿，不能出售', pending_approval: '待审批，不能出售', review: '复核中，不能出售', retired: '已下架',
      expired: '已过期', 'not-active': '未上架',
    },
  },
  method: { wechat_pay: '微信支付', alipay: '支付宝', wechat_transfer: '微信转账/红包', bank_transfer: '银行转账', other: '其他' },
  orderState: { quoted: '已报价', paid: '已付款', delivered: '已发货', cancelled: '已取消', partly_refunded: '部分退款', refunded: '已退款' },
  order: {
    new: '录入成交', packCode: '礼包 ID', packCodeHint: '5 位 ID', profile: '发放到', method: '支付方式', transactionId: '交易单号', amount: '实付金额（元）',
    paidAt: '付款时间', badAmount: '请输入金额，最多两位小数', lessReason: '比应付少 {amount}，原因', moreReason: '比应付多 {amount}，原因',
    save: '保存订单', saved: '订单 {number} 已保存。', unverified: '未核实', due: '应付', needsPack: '输入礼包 ID 自动带出内容和价格',
    needsAmount: '请输入实付金额', needsDifferenceReason: '金额与应付不同，请写原因', needsTransaction: '请输入交易单号', needsTime: '请选择付款时间',
  },
  problem: {
    requestId: '请求编号',
    network: '连不上服务器。您的内容还在，请检查网络后重试。',
    timeout: '服务器没有及时回答。您的内容还在，重试不会重复提交。',
    unavailable: '服务暂时不可用。您的内容还在，请稍后重试。',
    'wrong-credentials': '客服 ID 或密码不正确。',
    unauthenticated: '登录已过期，请重新登录。内容会保留。',
    forbidden: '您没有权限做这件事。',
    'not-found': '没有找到，可能已被删除。',
    validation: '有内容不符合要求，请检查。',
    'player-exists': '这位玩家已经存在（手机号或微信号相同）。',
    'stale-version': '别人刚刚改过，已显示最新内容，请再操作一次。',
    'solution-required': '完成工单需要填写解决方案。',
    'too-many-requests': '尝试太多次了，请稍等再试。',
    'request-in-flight': '同一请求正在处理，请稍候。',
    'body-too-large': '内容太长了。',
  },
}

export default zhCN
type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> }
/** What every language has to provide. */
export type Messages = Texts<typeof zhCN>
