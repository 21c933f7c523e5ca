/** The settings: who works here, and by which rules. */
const zhCN = {
  settings: {
    sections: '设置项', notYours: '这项设置由组长或管理员管理。', unknown: '没有这项设置。', saved: '已保存。', changed: '最近修改', preset: '系统预设', on: '启用', off: '已停用',
    switchOn: '启用', switchOff: '停用', switchedOn: '「{name}」已启用。', switchedOff: '「{name}」已停用。', delete: '删除', remove: '移除', choose: '请选择', was: '原来：', isNow: '现在：', yuan: '（元）',
    section: {
      agents: '客服', games: '游戏', 'service-rules': '服务规则', categories: '工单分类', templates: '回复模板', 'lost-reasons': '未成交原因',
      'discount-rules': '折扣规则', 'contact-rules': '联系规则', 'minor-caps': '未成年人限额', 'stand-ins': '代班', password: '修改密码',
    },
    agents: {
      name: '姓名', role: '角色', team: '小组', wechat: '微信', state: '状态', work: { active: '在职', inactive: '已停用', all: '全部' }, search: '搜索', searchHint: '姓名、客服 ID、微信',
      add: '新建客服', added: '已新建客服{name}。', adminOnly: '新建和修改客服由管理员操作；组长可以转交本组客服的玩家。', empty: '没有符合条件的客服。', idHint: '新建后不能改，如工号',
      wechatHint: '一个微信号只能绑定一位在职客服', rebindHint: '换微信号后，原绑定从现在起结束', roleHint: '改角色后他需要重新登录', bindings: '微信绑定记录', from: '开始', until: '结束', now: '使用中',
      noBindings: '还没有绑定过微信。', deactivate: '停用', deactivateAsk: '他会立即退出登录并解绑微信。停用？', activate: '重新启用', deactivated: '{name}已停用，请把他的玩家转交给其他客服。', activated: '{name}已启用，请重新绑定微信。',
    },
    password: {
      first: '初始密码', reset: '重设密码', current: '当前密码', next: '新密码', again: '再输一次新密码', hint: '至少 10 个字符', differs: '两次输入不一样', done: '密码已重设。', ownDone: '密码已改，请用新密码登录。',
      ends: '重设后他会在所有设备上退出登录。', ownEnds: '改完后所有设备都会退出登录，包括这里。',
    },
    handoff: {
      title: '玩家转交记录', start: '转交全部玩家', save: '开始转交', what: '{name}的全部玩家转交给另一位客服。没有指定处理人的工单跟着走，已成交的业绩不变。', from: '原客服', to: '转交给', reason: '原因',
      reasonHint: '长期保留，不要写玩家信息', started: '已开始转交{name}的玩家。', progress: '进度', by: '操作人', at: '时间', moved: '{n} 位', inactive: '接手的客服已停用',
      state: { running: '进行中', done: '完成', stopped: '已中止' }, ended: { done: '转交完成，共 {n} 位玩家。', stopped: '转交中止，已转交 {n} 位玩家。' },
    },
    games: {
      name: '游戏', circuit: '接口', due: '排队', lastAnswer: '上次响应', lastFailure: '上次失败', readOnly: '游戏由运维配置，这里只看不改。', empty: '还没有配置游戏，请联系运维。', items: '道具与拉取价格',
      circuits: { closed: '正常', probing: '重试中', open: '已暂停' }, again: '下次重试', many: '{n} 以上', reason: { timeout: '超时', connection: '连不上', status: '返回错误', body: '内容无法识别' },
      resync: '重新同步', resyncAll: '全部重新同步', resyncOf: '重新同步{name}', started: '已开始重新同步，不影响正在等的玩家。', showRunning: '查看进行中的同步', resyncs: '同步记录',
      state: { planning: '准备中', running: '进行中', done: '完成' }, total: '{n} 项',
    },
    reasons: { name: '原因', note: '说明', needsNote: '需要填写说明', add: '添加原因', hint: '记录沟通时可选的未成交原因。停用后不能再选，以前的记录不变。', renameHint: '改名后，以前的记录也显示新名字', empty: '还没有原因。在下面添加第一个。' },
    caps: { order: '单笔上限', month: '每月上限', hint: '超过上限的订单不能录入；退款会扣回。只影响以后的订单。', adminOnly: '由管理员设置。' },
    contact: {
      frequency: '联系频率', atMost: '每位玩家 {days} 天内最多联系 {n} 次', max: '最多联系次数', days: '天数（含今天）', hint: '超过次数仍可记录，但会提醒。', warning: '推销前提醒的工单分类', noWarning: '不提醒',
      tiers: '等级建议', suggested: '建议等级', in90: '近 90 天消费', in365: '近 365 天消费', tierHint: '达到任一金额就建议该等级；等级仍由客服确认。', rising: '等级越高，金额不能越低。',
    },
    service: {
      revision: '第 {n} 版', counts: '改动只影响之后提出（或重新打开）的工单，已有工单按原来的规则计时。', saved: '已保存，之后提出的工单按新规则计时。',
      part: { weekly: '工作时间', special_days: '节假日和调休', targets: '时限', zone: '时区' },
      day: { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' },
      free: '休息', holiday: '放假', makeUp: '调休上班', noSpecial: '没有设置', hours: '{n} 小时', minutes: '{n} 分钟', first: '首次回复', resolution: '解决', working: '按工作时间计算；等玩家回复时解决时限暂停。',
      firstMinutes: '首次回复（分钟）', resolutionMinutes: '解决（分钟）', tooSoon: '不能比首次回复还短', shiftsOf: '{day}的班次', begin: '第 {n} 班开始', end: '第 {n} 班结束', midnight: '到零点',
      addShift: '加班次', removeShift: '删除{day}第 {n} 班', removeDay: '移除 {day}', copyMonday: '周二到周五同周一', date: '日期', dayName: '名称', twice: '这一天已经有了', wrong: '请检查这一天的班次',
      fault: { order: '结束要晚于开始；跨零点的部分写在第二天', overlap: '班次重叠了' }, zoneHint: '填时区的英文名，可从列表中选', zones: { 'Asia/Shanghai': '北京时间', 'Asia/Hong_Kong': '香港', 'Asia/Taipei': '台北', 'Asia/Singapore': '新加坡', 'Asia/Tokyo': '东京', UTC: '世界时' }, willChange: '将修改：{parts}。只影响之后提出的工单。', revisions: '修改记录', firstOne: '最初的规则',
    },
    categories: {
      name: '分类', id: '代号', idHint: '小写字母、数字、下划线，新建后不能改', nameZh: '中文名', nameEn: '英文名', priority: '默认优先级', form: '表单', fields: '{n} 项', add: '新建分类', active: '启用（停用后不能再建这类工单）',
      hint: '工单的分类，以及每类工单要问的内容。', empty: '还没有分类。点「新建分类」添加第一个。', formHint: '建这类工单时要填的内容，按顺序显示。', addField: '添加一项', labelZh: '问题（中文）', labelEn: '问题（英文）', kind: '类型', key: '字段代号',
      options: '选项（每行一个）', required: '必填', nth: '第 {n} 项', up: '上移 {name}', down: '下移 {name}', removeField: '移除 {name}', effect: '改动只影响新工单和之后的修改，已填的内容不变。',
      kinds: { text: '文字', number: '数字', date: '日期', choice: '单选', yes_no: '是或否' }, fault: { key: '代号用小写字母开头', twice: '代号重复了', label: '请填中英文问题', options: '请填至少一个选项' },
    },
    templates: {
      title: '标题', text: '内容', category: '适用分类', anyCategory: '全部', position: '排序', positionHint: '数字小的排前面', add: '新建模板', whose: '谁可以用', shared: '共用模板', personal: '我的模板', ownOnly: '只有您自己能看到和使用。',
      hint: '回复玩家时一键复制，占位符自动填好。', leadOnly: '共用模板由组长维护。', empty: '还没有模板。点「新建模板」写第一条。', insert: '插入', preview: '预览（示例玩家）', stray: '第 {n} 个字的花括号不是占位符，请删掉或点按钮插入',
      deleted: '模板「{title}」已删除。', deleteAsk: '删除后不能恢复。删除？',
      placeholder: { player_name: '玩家称呼', ticket_number: '工单编号', ticket_title: '工单标题', agent_name: '客服姓名', agent_wechat_name: '客服微信昵称', game: '游戏', server: '区服', nickname: '游戏昵称' },
      sample: { player: '阿龙', title: '充值没到账', game: '西游传说', server: '一区', nickname: '悟空' },
    },
    discount: {
      for: '适用于', where: '范围', max: '最低折扣', maxPercent: '最多减（%）', lowest: '最低价', round: '取整', days: '日期', rounding: { fen: '到分', yuan: '到元' }, everywhere: '全部', always: '长期',
      inForce: '生效中', notInForce: '未生效', add: '新建规则', hint: '越具体的规则越优先：活动加游戏、活动、游戏、全部。超出规则的礼包要由其他人审批。', leadOnly: '组长只能设置客服的规则，且不能超过自己的权限。', readOnly: '由组长和管理员设置。',
      empty: '还没有折扣规则，礼包都要审批。', effect: '保存后，不再符合规则的礼包会进入复核。', saved: '已保存，相关礼包会按新规则检查。', deleted: '规则已删除。', deleteAsk: '删除后按更通用的规则。删除？',
      allGames: '全部游戏', noCampaign: '不限活动', starts: '开始（可不填）', ends: '结束（可不填）', history: '修改记录', noHistory: '还没有修改过。', kind: { made: '新建', changed: '修改', deleted: '删除' },
      upTo: '最低 {value}', noLess: '不低于 {price}',
    },
    standIns: {
      owner: '被代班的客服', who: '代班的客服', on: '当天有效', days: '日期', from: '第一天', until: '最后一天', add: '安排代班', end: '提前结束', endAsk: '从现在起结束？', ended: '代班已结束。', ownTeam: '只能安排本组',
      state: { now: '代班中', later: '未开始', over: '已结束' }, hint: '代班期间可以卖给对方的玩家，业绩算代班的人。', empty: '还没有代班。点「安排代班」添加。', emptyAgent: '还没有代班，由组长安排。', backwards: '不能早于第一天',
    },
  },
}

export default zhCN
