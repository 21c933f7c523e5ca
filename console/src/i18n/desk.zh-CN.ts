/** What the home page and a ticket's own page show only when asked for. */
const zhCN = {
  desk: {
    purposeLabel: '图片用于', purpose: { problem: '问题', reply: '回复', solution: '解决方案' }, remove: '删除', removeAsk: '删除后不能恢复。', uploading: '{name} 上传中',
    dropHint: '可粘贴或拖到这里，每张不超过 10 MB', template: '回复模板', chooseTemplate: '用模板回复…', noTemplates: '还没有回复模板', templatesUnavailable: '模板暂时读不到',
    templateFailed: '模板没能填好，请再试一次。', missing: '还缺：{names}，请手动补上。', comma: '、', form: '表单', owner: '玩家的负责客服', transferTo: '转交给', transferNote: '给他的留言（必填）',
    transferStale: '工单刚被别人改过，没有转交，请再试一次。', transferRefused: '工单没能转交。', transferred: '{number} 已转交给{agent}。',
    placeholder: {
      player_name: '微信昵称', ticket_number: '工单编号', ticket_title: '工单标题', agent_name: '客服姓名', agent_wechat_name: '客服微信昵称', game: '游戏', server: '区服', nickname: '游戏昵称',
    },
  },
  problem: {
    'picture-type': '只支持 PNG、JPEG、WebP 和 GIF 图片。', 'picture-too-large': '图片超过 10 MB。', 'too-many-attachments': '一个工单最多 50 张图片。',
    'unknown-assignee': '没有这位客服，或已停用。', 'not-attachable': '这个工单不能归到事件下。', 'not-an-incident': '这个工单下面没有其他工单。',
  },
}

export default zhCN
