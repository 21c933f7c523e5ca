/** What an admin does first on an empty system (R20). */
const zhCN = {
  firstRun: {
    title: '开始使用', hint: '做完这几步，客服就能开工。做好的会自动打勾。', progress: '已完成 {done} / {n}', away: '收起', allDone: '都准备好了，可以开工。', finish: '知道了',
    comma: '、', ok: '已完成', todo: '待完成', unknown: '暂时读不到',
    step: {
      games: '游戏接口有回应', agents: '新建客服，绑定微信', prices: '从游戏拉取价格表', pack: '组合第一个礼包，提交上架', player: '录入第一位玩家',
    },
    how: {
      games: '游戏由运维配置。', noGames: '还没有配置游戏，请联系运维。', silent: '没有回应：{games}。', asked: '拉取价格表或录入玩家后就会连上游戏。', agents: '现在只有您一位。', prices: '道具和价格来自游戏，之后可以微调。', pack: '选道具、填折扣，价格自动算好。', player: '左侧点「新玩家」，或用表格导入。',
    },
  },
}

export default zhCN
