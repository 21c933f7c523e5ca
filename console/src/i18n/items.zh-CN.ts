/** The price list, an item, readings of price lists, and what price changes do. */
const zhCN = {
  items: {
    code: '代码', name: '名称', gamePrice: '游戏价', override: '微调价', price: '现价', pending: '待生效价', updated: '更新于', search: '搜索', searchHint: '代码开头 / 名称', sort: '排序',
    sorts: { code: '按代码', recent: '最近变动' }, pendings: { held: '待确认', scheduled: '定时' }, onlyOverridden: '只看微调过的', onlyDiffering: '只看与游戏价不同的', differs: '与游戏价不同',
    noneMatch: '没有符合条件的道具。', empty: '还没有道具。请组长从游戏拉取价格表。', emptyLead: '还没有道具。先从游戏拉取价格表。',
    fineTune: '微调', fineTuneOf: '微调 {item}', newPrice: '微调价（元）', emptyMeansGame: '留空就用游戏价', reason: '原因（必填）', reasonOptional: '原因（可选）', useGamePrice: '改回游戏价', noOverride: '没有微调',
    tuned: '{item} 已微调为 {price}。', backToGame: '{item} 已改回游戏价 {price}。', undoReason: '撤销刚才的微调',
    bulk: '批量处理待确认价', heldOf: '其中 {n} 个有待确认的价格', noneHeld: '所选道具没有待确认的价格。', apply: '确认生效', discard: '不采用', previewOneGame: '选了多款游戏的道具，只选一款时可预览影响。',
    decidedMeanwhile: { apply: '这个价格已经确认过了。游戏现价 {price}。', discard: '这个价格已不再待确认，没有采用。游戏现价 {price}。' },
    decided: { apply: '{n} 个价格已生效。', discard: '{n} 个价格未采用。' }, fates: { stale: '{n} 个刚变过，没有动：{names}。', no_price_held: '{n} 个已没有待确认的价格：{names}。', unknown_item: '{n} 个已不存在：{names}。' },
    facts: '道具资料', missing: '没有这个道具。', toList: '道具列表', waiting: { held: '变动过大，待组长确认：', scheduled: '定时生效：' }, received: '收到于', effective: '生效于', leadDecides: '由组长决定是否采用。',
    itsPacks: '用到它的礼包', noPacks: '还没有礼包用到它。', history: '价格记录', noHistory: '还没有价格记录。', byGame: '游戏', itsImpact: '看它影响了哪些礼包', sources: { pull: '拉取', push: '推送', override: '微调', confirm: '确认生效', discard: '不采用' },
    pulls: '拉取价格表', startPull: '开始拉取', pullStarted: '已开始拉取，进度在下面。', noPulls: '还没有拉取过。选一款游戏开始。', pullStates: { queued: '排队中', running: '进行中', done: '完成', failed: '失败' },
    pullProgress: '{game} 的拉取进度', seen: '已读 {n} 个', seenOf: '已读 {n} / {total} 个', changed: '变动 {n} 个', pullTrouble: '上次出错：', byClock: '定时任务',
  },
  impacts: {
    at: '时间', cause: '原因', actor: '操作人', items: '道具变动', packs: '礼包变动', review: '进入复核', causeId: '哪一次变价', causeHint: '推送、拉取或确认的编号',
    empty: '还没有影响礼包的价格变动。', toList: '全部价格影响', missing: '没有这次价格变动的记录，记录保留 400 天。', facts: '这次变动', packsOf: '受影响的礼包',
    counts: '{items} 个道具变价，{packs} 个礼包变价，{review} 个进入复核', listPrice: '原价变化', packPrice: '售价变化', after: '变动后', quotes: '未到期报价', until: '最晚到 {time}',
    openQuotes: '{n} 个报价仍按旧价', noQuotes: '报价数暂时读不到，其他内容不受影响。', previewWhen: '改价后，这里会显示影响哪些礼包。', noPacks: '不影响任何礼包。', packsChange: '{n} 个礼包会跟着变价。',
    toReview: '其中 {n} 个会超出规则，进入复核、暂停出售。', andMore: '还有 {n} 个',
  },
}

export default zhCN
