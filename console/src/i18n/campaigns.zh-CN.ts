/** Campaigns: their plans, their packs, whom to call. */
const zhCN = {
  page: { 'campaign-calls': '联系名单' },
  campaigns: {
    new: '新建活动', create: '保存草稿', created: '活动「{name}」已存为草稿，确认后点「启动」。', saved: '活动已保存。', readOnly: '活动由组长或管理员策划，您可以查看活动和联系名单。',
    notYours: '这个活动归{team}的组长或管理员修改。', allTeams: '全部小组', empty: '还没有活动。点「新建活动」策划第一个。', emptyAgent: '还没有活动。组长建好后会出现在这里。', emptyFiltered: '没有符合条件的活动。',
    missing: '没有这个活动', missingHint: '链接可能不完整，请回活动列表重新打开。', back: '活动列表',
    name: '名称', theme: '主题', themeHint: '给客服看的一句话：为什么联系、主推什么', days: '日期', startsOn: '开始日期', endsOn: '结束日期', games: '游戏', packs: '礼包', segment: '目标玩家', note: '备注',
    state: '状态', states: { draft: '草稿', running: '进行中', ended: '已结束' }, notYet: '未开始', team: '小组', madeBy: '策划', launchedAt: '启动', endedAt: '结束', byItself: '到期自动结束',
    launch: '启动', launchSure: '启动后游戏和开始日期不能再改，名单马上开始生成。', launched: '「{name}」已启动，正在生成联系名单。',
    end: '结束活动', endSure: '结束后不能恢复，活动折扣同时失效。', giveUp: '放弃草稿', giveUpSure: '放弃后不能恢复。', endedNow: '「{name}」已结束。',
    fixed: '启动后不能修改', needsName: '请填写名称', needsTheme: '请填写主题', needsDays: '请选择开始和结束日期', needsOrder: '结束日期不能早于开始日期', needsGame: '请至少选一个游戏', gamesUnavailable: '游戏列表暂时读不到',
    everybody: '全部玩家（未成年人除外）', key: { new: '新建活动', edit: '修改活动', calls: '打开联系名单' },
    seg: {
      tiers: '消费等级（不选为全部）', game: '在玩的游戏', anyGame: '不限', server: '区服', serverNeedsGame: '先选游戏', notContacted: '多少天没联系', boughtWithin: '多少天内买过', minOrders: '至少几单', minSpent: '至少消费（元）', neverBought: '从没买过',
      neverHint: '与购买条件二选一', any: '不限',
    },
    says: { notContacted: '{n} 天没联系', boughtWithin: '{n} 天内买过', minOrders: '至少 {n} 单', minSpent: '至少消费 {amount}', neverBought: '从没买过' },
    audience: { title: '预计人数', counting: '正在统计…', players: '{n} 位玩家', none: '没有玩家符合条件，请放宽目标玩家。', left: '另有未成年 {minors} 位、勿再联系 {blocked} 位，不会列入。', partly: '玩家太多，只统计了前 {n} 位，实际会更多。', failed: '人数暂时算不出来，不影响保存。' },
    pick: { label: '添加礼包', placeholder: '礼包 ID 或名称', add: '添加', added: '已选', remove: '移除 {code}', none: '没有找到可选的礼包。', needsGame: '先选游戏，再选礼包。', empty: '还没选礼包。也可以之后在组合礼包时选这个活动。', full: '最多 100 个', unavailable: '礼包暂时读不到。', several: '已选 {n} 个', all: '另有 {n} 个' },
    packsOf: { title: '活动礼包', code: '礼包 ID', name: '名称', price: '价格', from: '来源', made: '为活动定制', listed: '选入', empty: '还没有礼包。修改活动选入礼包，或在组合礼包时选这个活动。' },
    packState: { draft: '草稿', pending_approval: '待审批', active: '在售', review: '复核中', retired: '已下架' },
    plan: '活动方案', progress: '名单与进度', calls: '联系名单', myCalls: '我的联系名单',
    draw: {
      waiting: '名单即将开始生成…', running: '正在生成名单：已看 {looked} / {players} 位玩家，列入 {added} 位', done: '名单已生成：列入 {added} 位', stopped: '活动结束，名单停止生成：列入 {added} 位', left: '未成年 {minors} 位、勿再联系 {blocked} 位没有列入',
      again: '补充名单', againHint: '把启动后才符合条件的玩家加进来，不会移除任何人', begun: '正在补充名单。', failed: '名单进度暂时读不到。',
    },
    prog: {
      total: '合计', contacted: '已联系 {done} / {n}', orders: '{n} 单', revenue: '实收 {amount}', unverified: '其中待确认 {amount}', empty: '名单里还没有玩家。', draft: '启动后才生成名单和进度。', more: '只显示前 {n} 位客服。',
    },
    callState: { open: '待联系', no_reply: '未回复', thinking: '考虑中', lost: '未成交', won: '已成交', blocked: '勿再联系' },
    call: {
      views: '常用视图', mine: '我的待联系', mineAll: '我的全部', open: '全部待联系', all: '全部', player: '玩家', last: '上次怎么说', never: '还没联系过', state: '状态', touches: '本活动联系', times: '{n} 次', undrawn: '名单外', owner: '负责客服', team: '小组', tier: '等级', tierThen: '列入时{tier}',
      noPlayers: '玩家资料暂时读不到，名单照常可用。', stale: '玩家资料是旧数据。', empty: '没有要联系的玩家。换个状态看看，或回活动页查看名单进度。', of: '「{name}」联系名单', followUp: '下次跟进 {day}', erased: '玩家 {id}',
    },
  },
}

export default zhCN
