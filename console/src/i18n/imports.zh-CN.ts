/** Players from spreadsheets. */
const zhCN = {
  imports: {
    upload: '上传表格', choose: '选择表格', drop: '或把文件拖到这里（xlsx 或 csv）', template: '下载模板', hint: '上传后先逐行检查，确认后才会建立玩家。手机号必填，最多 5 万行、20 兆。',
    sending: '上传进度', sent: '正在上传 {name}：{percent}%', empty: '还没有导入过。选择表格，或先下载模板。', fileName: '文件', stateOf: '状态', rows: '行数', checkedAs: '检查结果', by: '导入人', at: '时间', purged: '（内容已清除）',
    counts: '可建立 {good} · 有问题 {bad} · 重复 {duplicates}', state: { checking: '检查中', checked: '待确认', running: '建立中', done: '完成', failed: '失败' }, progress: { checking: '已检查', running: '已处理' },
    result: { good: '可建立', bad: '有问题', duplicate: '重复', created: '已建立', failed: '建立失败' }, resultOf: '结果', file: { type: '请选择 xlsx 或 csv 文件。', old: '这是旧版 Excel 文件，请另存为 xlsx。', large: '文件超过 20 兆，请分成几个。', empty: '这个文件是空的。' },
    back: '导入记录', missing: '没有这次导入，或您不能查看。', overview: '导入情况', ignored: '这些列没有导入：{columns}', again: '改好后重新上传', noGood: '没有可以建立的行。请改好表格后重新上传。', runAll: '建立全部 {n} 位', runGood: '只建立可建立的 {n} 位',
    runAsk: '将建立 {n} 位玩家，不能撤销。继续？', orMend: '或改好表格后重新上传。', running: '开始建立玩家，可以先去忙别的。', row: '行', nth: '第 {n} 行', wechat: '微信', why: '说明', rowsOf: '逐行结果', openNew: '打开玩家', openExisting: '打开已有玩家',
    ownedBy: '已是{agent}的玩家', sameAs: '与第 {n} 行重复', says: '{column}：{fault}', and: '；', noRows: '没有内容，或已超过 7 天被清除。',
    column: { phone: '手机号', wechat_id: '微信号', wechat_name: '微信昵称', owner_agent_id: '负责客服', tier: '消费等级', minor_band: '年龄段', tags: '标签', note: '备注' },
    oneOf: { tier: '只能填未消费、小R、中R、大R、超R', minor_band: '只能填成年、8岁以下、8-15、16-17' },
    fault: {
      required: '必填', 'phone-not-valid': '不是正确的号码', 'phone-rounded': '号码被 Excel 改成了近似值，请把这列设为文本后重新填写', calculation: '公式没有结果', enum: '不是可选的值', pattern: '格式不对', maxLength: '太长或太多', 'unknown-owner': '没有这位在职客服',
      'not-readable': '文件读不了，请用 Excel 打开后重新保存。', 'old-format': '这是旧版或加密的 Excel 文件，请另存为 xlsx。', 'too-large-unpacked': '内容太大，请分成几个文件。', 'too-much-to-read': '内容太多，没能及时读完，请分成几个文件。',
      'too-many-rows': '行数太多，请分成几个文件。', 'too-many-columns': '列数太多，请删掉不用的列。', 'header-twice': '有两列表头相同，请改掉一列。', 'header-missing': '没找到表头，请参照模板。', encoding: '文字编码不认识，请用 Excel 另存为 xlsx。', 'line-too-long': '有一行太长，请检查引号。', erasure: '检查期间有玩家资料按要求删除，请去掉他后重新上传。',
    },
  },
}

export default zhCN
