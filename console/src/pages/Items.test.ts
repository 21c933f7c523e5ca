import { expect, test, vi } from 'vitest'
import { notices, undoLast } from '../shared/notices'
import { AGENT, list, problem, settled, showPage, stubApi } from '../testing/api'
import { anItem, aPack, GAMES, signedInAs } from '../testing/packs'

type Routes = Parameters<typeof stubApi>[0]
const held = anItem({ item_id: 'i2', code: 'card', name: '月卡', version: 7, pending_price: { state: 'held', price_fen: 90000, source_version: 4, effective_at: '2026-03-02T02:00:00Z', received_at: '2026-03-02T02:00:00Z', cause_id: 'e1' } })
const tuned = anItem({ override_price_fen: 30000, price_fen: 30000, differs: true })
const sources = { catalog: { status: 'ok', as_of: null, problem: null }, sales: { status: 'ok', as_of: null, problem: null } }
const touched = {
  pack_id: 'p1', code: 'K7M2X', name: '周末礼包', created_by: 'KF001', old_list_price_fen: 62200, new_list_price_fen: 50000, old_price_fen: 49760, new_price_fen: 40000, old_state: 'active', new_state: 'review',
  breaks: 'lowest_price', quotes: { pack_id: 'p1', open_quotes: 2, amount_fen: 99520, latest_expires_at: '2026-03-09T02:00:00Z' },
}
const summary = { items_changed: 1, items_unchanged: 0, items_held: 0, items_unknown: 0, packs_changed: 1, packs_to_review: 1 }
const preview = { packs: [touched], total: 1, summary, sources }
async function open(name: string, address: string, routes: Routes = {}) {
  const stub = stubApi({ 'GET /agents': [200, list(AGENT)], 'GET /games': [200, GAMES], 'GET /items': [200, list(tuned, held)], 'POST /price-impact-views': [200, preview], ...routes })
  return { stub, ...(await showPage(name, address)) }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('filters are what the API is asked; an order that needs a game waits for one (R22)', async () => {
  const { stub } = await open('items', '/items?q=ge&game_id=xiyou&pending=held&overridden=true&differs=true&sort=recent')
  expect(Object.fromEntries(stub.of('GET /items')[0]!.query)).toEqual({ q: 'ge', game_id: 'xiyou', pending: 'held', overridden: 'true', differs: 'true', sort: 'recent', limit: '50' })
  const other = await open('items', '/items?sort=recent')
  expect(Object.fromEntries(other.stub.of('GET /items')[0]!.query)).toEqual({ limit: '50' })
})

test('a row has the game\'s price beside our own, says where they differ, and what waits (R22, R30)', async () => {
  const { view } = await open('items', '/items')
  const rows = view.findAll('[data-testid=row]')
  expect(rows[0]!.text()).toMatch(/gem.*元宝.*西游传说.*¥311.00.*与游戏价不同.*¥300.00/)
  expect(rows[1]!.text()).toMatch(/月卡.*待确认.*¥900.00/)
  expect(view.find('[data-testid=select-all]').exists()).toBe(false)
})

test('a price is fine-tuned in place with a reason, after its impact was seen, and taken back (R22, B1)', async () => {
  const after = anItem({ override_price_fen: 25000, price_fen: 25000, differs: true, version: 5 })
  const { view, stub } = await open('items', '/items', { 'PATCH /items/i1': (_call, attempt) => [200, attempt === 1 ? after : { ...tuned, version: 6 }], 'GET /items/i1': [200, after] })
  press('e')
  await settled()
  expect(document.activeElement).toBe(view.get('[data-testid=tune-price]').element)
  await view.get('[data-testid=tune-price]').setValue('250')
  await vi.waitFor(() => expect(view.get('[data-testid=impact-summary]').text()).toBe('1 个礼包会跟着变价。 其中 1 个会超出规则，进入复核、暂停出售。'))
  expect(stub.of('POST /price-impact-views').at(-1)!.body).toEqual({ game_id: 'xiyou', as_confirmed: false, changes: [{ code: 'gem', override_price_fen: 25000 }] })
  expect(view.get('[data-testid=impact-pack]').text()).toMatch(/K7M2X.*¥497.60 → ¥400.00.*复核中 · 低于最低价.*2 个报价仍按旧价/)
  expect(view.get('[data-testid=tune-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=tune-reason]').setValue('周末活动')
  await view.get('[data-testid=fine-tune]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  const [call] = stub.of('PATCH /items/i1')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"4"', { override_price_fen: 25000, reason: '周末活动' }])
  expect(view.find('[data-testid=fine-tune]').exists()).toBe(false)
  expect(texts()).toEqual(['元宝 已微调为 ¥250.00。'])
  undoLast()
  await settled()
  expect(stub.of('PATCH /items/i1')[1]!.body).toEqual({ override_price_fen: 30000, reason: '撤销刚才的微调' })
})

test('back to the game\'s price is null; a price beyond one\'s discount is refused in words; a colleague\'s is shown beside mine', async () => {
  const theirs = { ...tuned, override_price_fen: 28000, version: 9 }
  const { view, stub } = await open('items', '/items', {
    'PATCH /items/i1': (_call, attempt) => (attempt === 1 ? [422, problem('override-not-allowed')] : attempt === 2 ? [412, problem('stale-version', { current: theirs })] : [200, { ...theirs, override_price_fen: null, price_fen: 31100, version: 10 }]),
  })
  await view.get('[data-testid=tune]').trigger('click')
  await settled()
  await view.get('[data-testid=tune-back]').trigger('click')
  await view.get('[data-testid=tune-reason]').setValue('活动结束')
  await view.get('[data-testid=fine-tune]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toContain('超出您的折扣权限')
  await view.get('[data-testid=fine-tune]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=conflict]').text()).toMatch(/¥280.00.*没有微调/)
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  const calls = stub.of('PATCH /items/i1')
  expect([calls[2]!.headers.get('If-Match'), calls[2]!.body]).toEqual(['"9"', { override_price_fen: null, reason: '活动结束' }])
})

test('a fine-tuning that a reload has interrupted does not overwrite a colleague\'s meanwhile', async () => {
  const { view } = await open('items', '/items')
  await view.get('[data-testid=tune]').trigger('click')
  await settled()
  await view.get('[data-testid=tune-price]').setValue('299')
  view.unmount()
  const theirs = { ...tuned, override_price_fen: 28000, version: 9 }
  const again = await open('items', '/items', { 'GET /items': [200, list(theirs)], 'PATCH /items/i1': [412, problem('stale-version', { current: theirs })] })
  await again.view.get('[data-testid=tune]').trigger('click')
  await settled()
  await again.view.get('[data-testid=tune-reason]').setValue('活动')
  await again.view.get('[data-testid=fine-tune]').trigger('submit')
  await settled()
  expect(again.stub.of('PATCH /items/i1')[0]!.headers.get('If-Match')).not.toBe('"9"')
  expect(again.view.get('[data-testid=conflict]').text()).toMatch(/¥280.00.*¥299/)
})

test('leads decide on many held prices at once, and hear the fate of each (R30)', async () => {
  const other = { ...held, item_id: 'i3', code: 'week', name: '周卡', version: 8 }
  const { view, stub } = await open('items', '/items?pending=held', {
    'GET /items': [200, list(tuned, held, other)],
    'POST /item-decisions': [201, { decision_id: 'd', decision: 'apply', reason: '', decided_by: 'KF001', decided_at: '2026-03-02T02:00:00Z', results: [{ item_id: 'i2', fate: 'applied' }, { item_id: 'i3', fate: 'stale' }] }],
  })
  await signedInAs({ role: 'lead' })
  await view.get('[data-testid=select-all]').setValue(true)
  await settled()
  expect(view.get('[data-testid=bulk]').text()).toContain('其中 2 个有待确认的价格')
  await vi.waitFor(() => expect(stub.of('POST /price-impact-views').at(-1)?.body).toEqual({ game_id: 'xiyou', as_confirmed: true, changes: [{ code: 'card', game_price_fen: 90000 }, { code: 'week', game_price_fen: 90000 }] }))
  await view.get('[data-testid=held-reason]').setValue('已核对')
  await view.get('[data-testid=held-apply]').trigger('click')
  await settled()
  expect(stub.of('POST /item-decisions')[0]!.body).toEqual({ decision: 'apply', items: [{ item_id: 'i2', version: 7 }, { item_id: 'i3', version: 8 }], reason: '已核对' })
  expect(texts()).toEqual(['1 个价格已生效。', '1 个刚变过，没有动：周卡。'])
  expect(view.findAll('[data-testid=row].on').map((row) => row.attributes('data-key'))).toEqual(['i3'])
})

test('leads read a price list and watch how far it is (R22)', async () => {
  const pull = { pull_id: 'u1', game_id: 'xiyou', state: 'running', pages: 1, items_seen: 200, items_total: 800, items_changed: 3, started_by: 'KF001', error: null, started_at: '2026-03-02T02:00:00Z', finished_at: null }
  const { view, stub } = await open('items', '/items', {
    'POST /item-pulls': [202, pull], 'GET /item-pulls': (_call, attempt) => [200, list(...(attempt === 1 ? [] : attempt === 2 ? [pull] : [{ ...pull, state: 'done', items_seen: 800 }]))],
  })
  expect(view.find('[data-testid=open-pulls]').exists()).toBe(false)
  await signedInAs({ role: 'admin' })
  press('p')
  await settled()
  await view.get('[data-testid=pull-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /item-pulls')[0]!.body).toEqual({ game_id: 'xiyou' })
  expect(view.get('[data-testid=pull]').text()).toMatch(/西游传说.*进行中.*已读 200 \/ 800 个 · 变动 3 个/)
  await vi.waitFor(() => expect(view.get('[data-testid=pull]').attributes('data-state')).toBe('done'), { timeout: 4_000 })
  expect(stub.of('GET /items').length).toBeGreaterThan(1)
})

test('an item shows its prices, what waits, and its history (R22)', async () => {
  const change = { change_id: 'h1', item_id: 'i2', source: 'override', old_game_price_fen: 31100, new_game_price_fen: 31100, old_override_price_fen: null, new_override_price_fen: 30000, source_version: 3, reason: '周末活动', actor: 'KF001', at: '2026-03-02T02:00:00Z', cause_id: 'h1' }
  const pushed = { ...change, change_id: 'h2', source: 'push', old_game_price_fen: 30000, old_override_price_fen: null, new_override_price_fen: null, reason: null, actor: null, cause_id: 'e1' }
  const { view, stub } = await open('item', '/items/i2', { 'GET /items/i2': [200, held], 'GET /items/i2/history': [200, list<object>(change, pushed)], 'GET /packs': [200, list(aPack({ contents: [{ ...aPack().contents[0]!, item_id: 'i2', quantity: 3 }] }))], 'POST /items/i2/pending-price': [200, { ...held, pending_price: null, version: 8 }] })
  expect(view.get('[data-testid=pending]').text()).toContain('由组长决定是否采用。')
  expect(view.get('[data-testid=history]').text()).toMatch(/微调.*林小雨.*微调价 — → ¥300.00.*周末活动.*推送.*游戏.*游戏价 ¥300.00 → ¥311.00/)
  expect(Object.fromEntries(stub.of('GET /packs')[0]!.query)).toMatchObject({ item_id: 'i2' })
  expect(view.get('[data-testid=item-packs]').text()).toMatch(/K7M2X.*×3.*在售.*¥497.60/)
  await signedInAs({ role: 'lead' })
  await view.get('[data-testid=held-discard]').trigger('click')
  await settled()
  const [call] = stub.of('POST /items/i2/pending-price')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"7"', { decision: 'discard' }])
  expect(view.find('[data-testid=pending]').exists()).toBe(false)
})

test.each([
  ['discarded', { game_price_fen: held.game_price_fen }, '没有采用'], ['applied', { game_price_fen: 90000 }, '已经确认过'],
])('a held price that a colleague %s is not said to be the other, and what became of it is (R30)', async (what, change, told) => {
  const now = { ...held, ...change, pending_price: null, version: 8 }
  const { view } = await open('item', '/items/i2', {
    'GET /items/i2': (_call, attempt) => [200, attempt === 1 ? held : now], 'GET /items/i2/history': [200, list()], 'GET /packs': [200, list()],
    'POST /items/i2/pending-price': (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current: now })]),
  })
  await signedInAs({ role: 'lead' })
  await view.get(`[data-testid=held-${what === 'applied' ? 'discard' : 'apply'}]`).trigger('click')
  await settled()
  expect(view.get('[data-testid=decided-meanwhile]').text()).toContain(told)
  expect(notices).toEqual([])
  expect(view.find('[data-testid=pending]').exists()).toBe(false)
})

test('a price change shows each pack before and after, and its open quotes; without sales it says so (B1, B9)', async () => {
  const impact = { impact_id: 'x1', game_id: 'xiyou', cause: 'push', cause_id: 'e1', actor: null, items_changed: 1, packs_changed: 1, packs_to_review: 1, at: '2026-03-05T02:00:00Z' }
  const lists = await open('price-impacts', '/price-impacts?game_id=xiyou&cause_id=e1', { 'GET /price-impacts': [200, list(impact)] })
  expect(Object.fromEntries(lists.stub.of('GET /price-impacts')[0]!.query)).toEqual({ game_id: 'xiyou', cause_id: 'e1', limit: '50' })
  expect(lists.view.get('[data-testid=row]').text()).toMatch(/游戏推送.*西游传说.*游戏/)
  const { view } = await open('price-impact', '/price-impacts/x1', { 'GET /price-impacts/x1': [200, impact], 'GET /price-impact-views/x1': [200, { impact, items: [touched], next_cursor: null, sources }] })
  expect(view.get('[data-testid=impact-facts]').text()).toContain('1 个道具变价，1 个礼包变价，1 个进入复核')
  expect(view.get('[data-testid=row]').text()).toMatch(/K7M2X.*¥622.00 → ¥500.00.*¥497.60 → ¥400.00.*复核中 · 低于最低价.*2 个报价仍按旧价 · ¥995.20/)
  const down = await open('price-impact', '/price-impacts/x2', {
    'GET /price-impacts/x2': [200, impact], 'GET /price-impact-views/x2': [200, { impact, items: [{ ...touched, quotes: null }], next_cursor: null, sources: { ...sources, sales: { ...sources.sales, status: 'unavailable' } } }],
  })
  expect(down.view.get('[data-testid=quotes-missing]').text()).toContain('报价数暂时读不到')
})
