/** Packs: their list, one of them, the builder, approvals. */
const zhCN = {
  packs: {
    new: '组合礼包', code: '礼包 ID', name: '名称', price: '售价', discount: '折扣', contents: '内容', state: '状态', maker: '制作人', made: '新建于', search: '搜索',
    searchHint: '礼包 ID 开头 / 名称', campaign: '活动', validOn: '哪天在售', sort: '排序', sorts: { newest: '最新', name: '名称', price: '价格从低到高' }, playerId: '专属玩家 ID',
    states: { draft: '草稿', pending_approval: '待审批', active: '在售', review: '复核中', retired: '已下架' }, ended: '已过期', forOne: '专属',
    breaks: { discount: '折扣超限', lowest_price: '低于最低价' }, breaksLong: { discount: '折扣超出了您的权限。', lowest_price: '价格低于规定的最低价。' },
    empty: '没有符合条件的礼包。放宽筛选，或组合一个新的。',
    item: '道具', quantity: '数量', unit: '单价', sum: '小计', facts: '礼包资料', since: '始于', floor: '最低价', noFloor: '没有适用的规则', floorOnceApproved: '审批通过后确定', floorOnceSubmitted: '提交后确定', floorMeans: '按让它可以出售的人（制作人或审批人）的权限算', waitsForYou: '等您审批，通过后才能卖。', itGives: '折扣 {discount}，您最多可给 {most}', under: '已低于最低价',
    rounding: '取整', roundings: { fen: '到分', yuan: '到整元' }, none: '不属于活动', forWhom: '卖给谁', thisPlayer: '指定的玩家', everybody: '所有玩家', from: '开始出售', until: '停止出售',
    atOnce: '立即', noEnd: '长期', reviser: '最后修改', approver: '审批人', ownAllowance: '无需审批', description: '说明',
    rejectedBy: '{agent} 驳回：', inReview: '价格变动后超出规则，暂停出售。等组长复核，或改完重新提交。', waits: '等组长审批，通过后才能卖。', notYours: '只有制作人、本组组长和管理员可以改。',
    revisions: '修改记录', impacts: '价格变动影响', noImpacts: '还没有价格变动影响过它。',
    causes: { pull: '拉取价格表', push: '游戏推送', override: '客服微调', confirm: '组长确认' },
    submit: '提交', copy: '复制', retire: '下架', retireSure: '下架后不能恢复，确定吗？', copied: '已复制为 {code}，改好后提交。',
    became: { draft: '{code} 已存为草稿。', pending_approval: '{code} 已提交，等待审批。', active: '{code} 已上架。', review: '{code} 在复核中。', retired: '{code} 已下架。' },
    missing: '没有这个礼包。礼包 ID 没有 0、1、I、L、O，请核对。', toList: '礼包列表', back: '回到礼包',
    approve: '通过', reject: '驳回', rejectReason: '驳回原因（制作人会看到）', approved: '{code} 已通过，可以卖了。', rejected: '{code} 已驳回，退回草稿。',
    because: { own_work: '自己做的礼包由其他人审批', discount: '折扣超出您的权限', lowest_price: '低于您可批的最低价' },
    why: '为什么待审', change: '今日售价', yourFloor: '您的最低价', discountOfMost: '折扣', atMost: '最多 {discount}', waitingSince: '等了', decide: '审批', noApprovals: '没有待审批的礼包。',
    addItem: '添加道具', addItemHint: '名称或代码，回车添加', findFailed: '暂时搜不了，请稍后再试。', full: '最多 {n} 种道具', noItems: '还没有道具。在上面搜索，回车添加第一件。',
    remove: '移除', removeItem: '移除 {item}', quantityOf: '{item} 的数量',
    discountField: '折扣（% 或几折）', discountHint: '如 20 或 8 折', badDiscount: '请输入 0–100，或如「8 折」', fromHint: '不填就立即开始', untilHint: '不填就长期有效',
    forPlayer: '只卖给一位玩家（可选）', forPlayerHint: '手机 / 微信号 / 昵称', onlyFor: '只卖给：{player}', forAll: '改为卖给所有人',
    livePrice: '实时价格', priceWhen: '选好道具、填好折扣，这里马上算出价格。', mayDiscount: '您最多可给', noRule: '没有权限',
    verdict: { allowed: '在您的权限内，提交后立即上架。', needsApproval: '超出您的权限，提交后要等组长审批。', nobody: '没有人能批这个价，请少让一些。' },
    needs: { contents: '请先添加道具。', quantity: '数量要是 1 到 1000000 的整数。', discount: '请填折扣，原价就填 0。', order: '停止出售要晚于开始出售。', name: '请给礼包起个名字。' },
    saveToSell: '提交上架', saveForApproval: '提交审批', saveDraft: '存草稿', saveRevision: '保存修改', reset: '清空重来',
    editsDraft: '这是草稿，提交前不会出售。', editsLive: '保存后成为第 {n} 版；折扣、内容、活动或对象变了会重新审核。已发出的报价和订单不变。',
  },
}

export default zhCN
