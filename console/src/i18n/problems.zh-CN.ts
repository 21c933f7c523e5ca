/** What is said when the server refuses: what is wrong and how to mend it. Loaded when the page has settled; see useProblemText. */
const zhCN = {
  /** Of one field: the rules of the schema. With a limit that the server names, the second of the two. */
  rule: {
    required: '必填', minLength: '太短', maxLength: '太长', pattern: '格式不对', format: '格式不对', enum: '请选择列表中的一项', type: '格式不对',
    minimum: '太小', maximum: '太大', exclusiveMinimum: '太小', exclusiveMaximum: '太大', minItems: '太少', maxItems: '太多', minProperties: '请至少填一项', uniqueItems: '有重复', unknown: '不认识', unique: '已经有了',
    characters: '有不能用的字符，请删掉', additionalProperties: '不认识', const: '不可用', multipleOf: '不是允许的倍数', anyOf: '格式不对', oneOf: '格式不对', allOf: '格式不对', not: '不可用', cursor: '列表已过期，请刷新',
  },
  ruleOf: {
    minLength: '至少 {limit} 个字', maxLength: '最多 {limit} 个字', minimum: '不能小于 {limit}', maximum: '不能大于 {limit}', exclusiveMinimum: '要大于 {limit}', exclusiveMaximum: '要小于 {limit}',
    minItems: '至少 {limit} 项', maxItems: '最多 {limit} 项',
  },
  /** What a field of a request is called where no field of the page says what is wrong with it. */
  fieldName: {
    active: '启用', agent_id: '客服 ID', amount_fen: '金额', amount_paid_fen: '实付金额', asked_at: '提问时间', assignee_agent_id: '处理人', campaign_id: '活动', category: '分类',
    category_id: '分类', changes: '改动', consultation_entry_id: '咨询', contents: '内容', current_password: '当前密码', default_priority: '默认优先级', department: '部门',
    description: '说明', detail: '问题详情', difference_reason: '差额原因', discount_bp: '折扣', due_on: '跟进日期', ends_on: '结束日期', expires_at: '有效期', follow_up_on: '下次跟进', form: '表单',
    from_agent_id: '原客服', from_on: '第一天', game_id: '游戏', game_ids: '游戏', happened_at: '发生时间', items: '道具', keep: '保留', kind: '类型', loser_id: '另一份资料',
    lowest_price_fen: '最低价', max_discount_bp: '最低折扣', max_touches: '最多联系次数', method: '支付方式', minor_band: '年龄段', name: '名称', name_en: '英文名', name_zh: '中文名',
    needs_note: '需要填写说明', new_password: '新密码', note: '备注', occurred_at: '沟通时间', outcome: '结果', override_price_fen: '微调价', owner_agent_id: '负责客服', pack_code: '礼包 ID',
    pack_ids: '礼包', pack_revision: '礼包版本', paid_at: '付款时间', password: '密码', per_days: '天数', per_month_fen: '每月上限', per_order_fen: '单笔上限', personal: '谁可以用', phone: '手机号',
    phones: '手机号', player_id: '玩家', player_state: '玩家状态', position: '排序', price_fen: '价格', prices: '价格', priority: '优先级', profile_id: '游戏账号', quote_id: '报价', reason: '原因',
    reason_id: '未成交原因', refunded_at: '退款时间', reopens_ticket_id: '原工单', replied_at: '回复时间', role: '角色', rounding: '取整', segment: '目标玩家', situation: '情况', solution: '解决方案',
    special_days: '节假日和调休', stand_in_agent_id: '代班的客服', starts_on: '开始日期', tags: '标签', targets: '时限', team: '小组', text: '内容', theme: '主题', ticket_ids: '工单', tickets: '工单',
    tier: '消费等级', tier_thresholds: '等级建议', title: '标题', to: '状态', to_agent_id: '转交给', transaction_id: '交易单号', until_on: '最后一天', valid_from: '开始出售', valid_minutes: '有效期',
    valid_until: '停止出售', waiting_on: '等待', warning_categories: '提醒的分类', wechat_id: '微信号', wechat_name: '微信昵称', weekly: '工作时间', zone: '时区', decision: '决定',
  },
  problem: {
    // Of every request.
    error: '操作失败，请刷新后重试。', conflict: '和已有的记录冲突，请刷新后检查。', 'rule-violation': '按规定不能这样做，请检查后再试。', 'bad-request': '请求不正确，请刷新页面后重试。', 'malformed-json': '请求内容有误，请刷新页面后重试。',
    internal: '系统出错了，不是您的操作问题。请稍后重试，仍不行就把请求编号告诉管理员。', 'took-too-long': '数据太多，没能及时算完。请缩小范围再试。',
    'address-too-long': '筛选条件太长，请减少一些。', 'headers-too-large': '浏览器附带的内容太多，请清除浏览器里本站的数据后重试。', 'headers-too-slow': '网络太慢，请求没能及时送到。请重试。', 'too-late': '没能及时完成。请刷新看看是否已成功，再决定是否重试。',
    'dead-letter-fails-again': '还是处理不了。请先修好原因，再重新处理。', 'dead-letter-not-waiting': '这条消息已不在等待，可能有人处理过。',
    'request-in-flight': '同一请求正在处理，请稍候。', 'idempotency-key-reused': '前一次其实已经提交成功，之后的改动没有保存。请先核对；再次提交会新增一条。', 'idempotency-key-required': '页面版本太旧，请刷新后再提交。', 'if-match-required': '页面版本太旧，请刷新后再修改。',
    'body-too-large': '内容太长了，请删短后再试。', 'body-too-slow': '上传太慢，请换个网络重试。', 'unsupported-media-type': '不支持这种文件，请换一种格式。', 'method-not-allowed': '页面版本太旧，请刷新后重试。', 'not-acceptable': '页面版本太旧，请刷新后重试。',
    'cross-site-request': '请求不是从客服台发出的，已被拒绝。请在客服台里重新操作。', 'sign-in-refused': '当前密码不对，请重新输入。',
    'reference-not-yet-known': '其中提到的记录刚刚才建立，请稍候再试。', 'unknown-reference': '其中提到的记录不存在，或刚刚才建立，请稍候再试。', 'export-too-large': '超过 10 万行或是搜索结果，请用筛选缩小范围再导出。',
    'time-in-future': '时间不能在将来，请改一下。', 'time-not-possible': '时间不对：回复不能早于提问，也不能在将来。',
    // Players.
    'player-exists': '这位玩家已经存在（手机号或微信号相同），请打开已有玩家。', 'player-merged': '其中一份已经合并到别的玩家，请打开合并后的玩家。', 'player-erased': '这位玩家的资料已应要求删除，不能再记录。',
    'phone-needed': '至少要留一个手机号。', 'phone-not-valid': '手机号不正确，请核对位数。', 'wechat-id-in-use': '这个微信号已被使用，请核对。', 'unknown-owner': '没有这位客服，或已停用，请另选一位。',
    'merge-refused': '这两份资料不能合并，请看标出的地方。', 'merge-undone': '这次合并已经撤销过了。', 'handoff-refused': '不能转交：请选两位不同的在职客服。', 'handoff-running': '其中一位客服的玩家正在转交，请等它完成。',
    'resync-running': '这个游戏正在同步，请等它完成。', 'unknown-game': '没有配置这款游戏，请联系运维。',
    'import-not-ready': '现在不能建立：还在检查，或已经建立过。', 'import-not-clean': '有的行不能建立，请改好表格或只建立可建立的。', 'too-many-imports': '您还有导入在进行，请等它完成。',
    // Agents.
    'agent-exists': '这个客服 ID 已经有了，请换一个。', 'wechat-not-bindable': '微信号和微信昵称要一起填；停用的客服不能绑定微信。', 'last-admin': '至少要留一位在职管理员，请先设另一位。', 'unknown-agent': '请选择在职的客服。',
    'stand-in-over': '这次代班已经结束。',
    // Tickets.
    'solution-required': '完成工单需要填写解决方案。', 'open-ticket-exists': '这位玩家已有同类的未完成工单，请先看看它。', 'transition-not-allowed': '现在的状态不能这样变更，请刷新后再看。', 'reason-required': '请写明原因。',
    'reopen-window-over': '完成超过 7 天，不能重新打开，请新建工单。', 'reopen-instead': '原工单还能重新打开，请直接打开它。', 'not-reopenable': '只能接续同一玩家已完成的工单，请直接新建。', 'ticket-done': '已完成的工单不需要等待，请先重新打开。',
    'unknown-category': '这个分类已停用，请另选一个。', form: '这个分类的表单没有填好，请看标出的一项。', 'unknown-assignee': '没有这位客服，或已停用，请另选一位。', 'profile-not-of-player': '这个账号不是这位玩家的，请另选一个。',
    'entry-field': '这类记录少填或多填了一项，请看标出的地方。', 'unknown-consultation': '没有这条咨询，请刷新后重选。', 'not-attachable': '这个工单不能归到事件下：它已属于别的事件，或自己就是事件。', 'not-an-incident': '这个工单下面没有其他工单，请先加入，或在时间线里单独答复。',
    'too-many-attachments': '一个工单最多 50 张图片，请先删掉几张。', 'picture-type': '只支持 PNG、JPEG、WebP 和 GIF 图片。', 'picture-of-another-type': '图片的格式和扩展名不一致，请重新截图或另存后再传。', 'picture-unreadable': '图片打不开或不完整，请重新截图后再传。',
    'picture-too-large': '图片太大（最多 10 MB），请裁小后再传。',
    'category-exists': '这个代号已经有了，请换一个。', 'too-many-categories': '分类已满，请改用不再使用的分类。', 'form-definition': '表单有问题，请检查标出的一项。',
    'too-many-templates': '模板已满，请先删除不用的。', 'unknown-placeholder': '有不认识的占位符，请用按钮插入。', 'service-rules': '这样的规则无法执行，请检查标出的地方。',
    // Contacts and follow-ups.
    'do-not-contact': '玩家要求勿再联系，组长解除前不能记录。', 'unknown-reason': '这个原因已停用，请另选一个。', 'reason-not-applicable': '只有未成交才选原因，请去掉原因或改为未成交。', 'note-required': '这个原因需要说明情况。',
    'follow-up-required': '考虑中需要下次跟进日期。', 'follow-up-not-possible': '下次跟进日期不可用，请选今天或以后的日子。', 'follow-up-done': '已有新的沟通，这条跟进已经完成。', 'proposal-decided': '这条建议已经处理过，或工单又打开了。',
    'reason-exists': '这个原因已经有了，请换个名字。', 'too-many-reasons': '原因太多了，请先停用不用的。',
    // Quotes, orders, money.
    'minor-cap': '超过未成年人的消费限额，不能成交。', 'pack-changed': '礼包刚刚变了，已显示最新内容和价格，请核对后再保存。', 'pack-for-another': '这是为另一位玩家定制的礼包，请换一个。',
    'quote-exists': '这位玩家已有这个礼包的有效报价，请直接用它。', 'quote-for-another': '这是给另一位玩家的报价。', 'quote-not-open': '这个报价已不再有效。', 'quote-expired': '这个报价已经过期，请重新报价。', 'quote-too-long': '不能延那么久，请选更早的时间。',
    'quote-extended-already': '报价只能延期一次。', 'own-quote': '自己的报价要由其他人延期，请找组长。', 'own-order': '自己的订单要由其他人处理，请找组长。',
    'transaction-exists': '这个交易单号已经录入过订单，请核对单号。', 'difference-reason-required': '金额与应付不同，请写原因。', 'profile-required': '玩家有多个账号，请选择发放到哪个。', 'unknown-profile': '这个账号不能接收该礼包，请另选一个。',
    'nothing-to-verify': '已经确认过，或订单已取消。', 'not-cancellable': '现在不能取消：可能已发货或已退款。', 'not-retryable': '不能再发：已发货、已停止，或游戏还没说清是否发过。', 'not-refundable': '不能这样退：超过可退金额，或还没确认到账。',
    'refund-exists': '这个退款单号已经登记过，请核对单号。',
    // Items, packs, rules.
    'unknown-item': '道具不存在，可能已被移除，请另选一个。', 'item-twice': '同一道具出现了两次，请合成一行。', 'one-game-per-pack': '一个礼包只能放同一款游戏的道具。', 'price-too-high': '礼包总价超过上限，请减少道具。', 'override-not-allowed': '比游戏价低太多，超出您的折扣权限。',
    'no-price-held': '这个道具已经没有待确认的价格。', 'sort-needs-game': '按最近变动排序要先选游戏。', 'discount-not-allowed': '没有人能批这个折扣或价格，请少让一些。', 'valid-until-passed': '停止出售的时间已经过了，请改一个。', 'valid-from-after-end': '停止出售要晚于开始出售。',
    'unknown-pack': '礼包已下架，或不属于活动的游戏，请另选一个。', 'not-a-draft': '只有草稿可以提交。', 'pack-retired': '已下架的礼包不能再改，可以复制一个。', 'nothing-to-approve': '这个礼包已经不用审批了。',
    'own-work': '自己做过的礼包要由其他人审批。', 'allowance-exceeded': '超出您的审批权限，请找权限更高的人。', 'rule-clashes': '同样范围和日期已有一条规则，请修改那一条。', 'rule-dates-wrong': '日期不对，规则不会生效，请改日期。',
    'rule-beyond-allowance': '不能超过您自己的权限，请联系管理员。', 'too-many-rules': '规则太多了，请先删除已结束的。',
    // Campaigns.
    'unknown-campaign': '活动不存在、已结束，或不适用于这款游戏，请另选一个。', 'campaign-not-open': '活动的状态已经变了，不能这样操作，请刷新。', 'campaign-not-running': '活动没有在进行。', 'campaign-dates-wrong': '日期不可用：结束日期不能早于开始日期，也不能已经过去。',
    'fixed-since-launch': '启动后游戏和开始日期不能再改。', 'campaign-in-use': '这个游戏还有本活动的礼包或折扣规则，先下架或删除。',
    // Of a game's backend that pushes prices.
    'event-id-mismatch': '推送编号前后不一致，请游戏方检查。', 'event-id-reused': '这个推送编号用过了，请游戏方换一个。', 'signature-missing': '推送没有签名，请游戏方补上。', 'signature-invalid': '推送签名不对，请游戏方核对密钥。', 'signature-expired': '推送签名过期，请游戏方检查时钟。',
  },
}

export default zhCN
