import { beforeEach, expect, test, vi } from 'vitest'
import { list, problem, settled, showPage, stubApi } from '../testing/api'

const at = '2026-03-01T02:00:00Z'
const anImport = (change: object = {}) => ({
  import_id: 'i1', file_name: '玩家.xlsx', state: 'checked', mode: null, total: 3, checked: 3, good: 1, bad: 1, duplicates: 1, created: 0, failed: 0,
  columns: [{ header: '手机', column: 'phone' }, { header: '爱好', column: null }], problem: null, created_by: 'KF001', created_at: at, updated_at: at, ...change,
})
const row = (change: object) => ({ row: 2, values: { phone: '138****0001', wechat_name: '阿龙' }, result: 'good', problems: [], existing_player_id: null, existing_owner_agent_id: null, duplicate_of_row: null, player_id: null, ...change })
const rows = [row({}), row({ row: 3, result: 'bad', problems: [{ column: 'phone', rule: 'phone-not-valid', message: 'x' }, { column: 'tier', rule: 'enum', message: 'y' }] }), row({ row: 4, result: 'duplicate', existing_player_id: 'p9', existing_owner_agent_id: 'KF001' })]
const base = { 'GET /agents': [200, list()], 'GET /player-imports': [200, list(anImport())], 'GET /player-imports/i1': [200, anImport()], 'GET /player-imports/i1/rows': [200, list(...rows)] } as Parameters<typeof stubApi>[0]

/** The browser's upload, as far as the page uses it. */
class Upload {
  static all: Upload[] = []
  headers: Record<string, string> = {}
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  address = ''
  sent: File | null = null
  status = 0
  responseText = ''
  timeout = 0
  onload?: () => void
  onerror?: () => void
  ontimeout?: () => void
  open(_method: string, address: string): void { this.address = address }
  setRequestHeader(name: string, value: string): void { this.headers[name] = value }
  getResponseHeader(): null { return null }
  send(file: File): void { this.sent = file; Upload.all.push(this) }
  answer(status: number, body: object): void {
    Object.assign(this, { status, responseText: JSON.stringify(body) })
    this.onload?.()
  }
}
beforeEach(() => {
  Upload.all = []
  vi.stubGlobal('XMLHttpRequest', Upload)
})
async function choose(view: Awaited<ReturnType<typeof showPage>>['view'], name: string, content = '手机\n') {
  const input = view.get('[data-testid=upload-file]')
  Object.defineProperty(input.element, 'files', { configurable: true, value: [new File([content], name)] })
  await input.trigger('change')
  await settled()
}

test('a spreadsheet is sent with its progress, and its import opened; a lost answer is asked for with the same key (B11)', async () => {
  stubApi(base)
  const { view, router } = await showPage('imports', '/imports')
  await choose(view, '玩家.csv')
  const [first] = Upload.all
  expect(first!.address).toBe(`/api/player-imports?file_name=${encodeURIComponent('玩家.csv')}`)
  expect(first!.headers['Content-Type']).toBe('text/csv')
  first!.upload.onprogress!({ loaded: 40, total: 80 })
  await settled()
  expect(view.get('[data-testid=upload]').text()).toContain('50%')
  first!.onerror!()
  await settled()
  await view.get('[data-testid=upload-again]').trigger('click')
  await settled()
  expect(Upload.all[1]!.headers['Idempotency-Key']).toBe(first!.headers['Idempotency-Key'])
  Upload.all[1]!.answer(202, anImport({ state: 'checking' }))
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/imports/i1')
})

test('what is no spreadsheet is said before it is sent; what the server refuses is said too', async () => {
  stubApi(base)
  const { view } = await showPage('imports', '/imports')
  await choose(view, '玩家.xls')
  expect(view.get('[data-testid=upload-fault]').text()).toContain('另存为 xlsx')
  expect(Upload.all).toHaveLength(0)
  await choose(view, '玩家.xlsx')
  Upload.all[0]!.answer(429, problem('too-many-imports'))
  await settled()
  expect(view.get('[data-testid=problem]').text()).toContain('您还有导入在进行')
  expect(view.get('[data-testid=import-template]').attributes('href')).toBe('/api/player-import-template')
  expect(view.get('[data-testid=import-list] [data-testid=row]').text()).toMatch(/玩家.xlsx.*待确认.*可建立 1 · 有问题 1 · 重复 1/)
})

test('every row says what is wrong with it; a duplicate leads to the player who is there (B11)', async () => {
  const stub = stubApi(base)
  const { view, router } = await showPage('import', '/imports/i1')
  const [, bad, duplicate] = view.findAll('[data-testid=row]')
  expect(bad!.text()).toMatch(/有问题.*手机号：不是正确的号码；消费等级：只能填未消费、小R、中R、大R、超R/)
  expect(duplicate!.get('[data-testid=row-player]').attributes('href')).toBe('/?player=p9')
  expect(view.get('[data-testid=import-ignored]').text()).toContain('爱好')
  await bad!.get('button').trigger('click')
  await settled()
  expect(view.get('[data-testid=row-detail]').text()).toMatch(/第 3 行.*138\*\*\*\*0001/)
  await view.get('[data-testid=filter-result-bad]').setValue(true)
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/imports/i1?result=bad')
  expect(stub.of('GET /player-imports/i1/rows').at(-1)!.query.get('result')).toBe('bad')
})

test('the good rows alone are created when others are not good, asked once more, and the progress shows', async () => {
  const stub = stubApi({ ...base, 'POST /player-imports/i1/run': [202, anImport({ state: 'running', mode: 'good', good: 6, created: 4 })] })
  const { view } = await showPage('import', '/imports/i1')
  expect(view.find('[data-testid=run-all]').exists()).toBe(false)
  await view.get('[data-testid=run-good]').trigger('click')
  await settled()
  expect(stub.of('POST /player-imports/i1/run')).toHaveLength(0)
  await view.get('[data-testid=run-good-yes]').trigger('click')
  await settled()
  expect(stub.of('POST /player-imports/i1/run')[0]!.body).toEqual({ mode: 'good' })
  expect(view.get('[data-testid=import-progress]').text()).toContain('已处理 4 / 10')
})

test('all rows are created when all are good; a file that cannot be read says why', async () => {
  const stub = stubApi({ ...base, 'GET /player-imports/i1': [200, anImport({ good: 3, bad: 0, duplicates: 0 })], 'POST /player-imports/i1/run': [409, problem('import-not-ready')] })
  const { view } = await showPage('import', '/imports/i1')
  await view.get('[data-testid=run-all]').trigger('click')
  await settled()
  await view.get('[data-testid=run-all-yes]').trigger('click')
  await settled()
  expect(stub.of('POST /player-imports/i1/run')[0]!.body).toEqual({ mode: 'all' })
  expect(view.get('[data-testid=problem]').text()).toContain('现在不能建立')
})

test('an import that failed says why and what to do', async () => {
  stubApi({ ...base, 'GET /player-imports/i1': [200, anImport({ state: 'failed', total: null, problem: { rule: 'header-missing', message: 'x' } })] })
  const { view } = await showPage('import', '/imports/i1')
  expect(view.get('[data-testid=import-fault]').text()).toContain('没找到表头')
})
