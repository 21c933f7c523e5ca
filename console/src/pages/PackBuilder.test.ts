import { expect, test, vi } from 'vitest'
import { queryClient } from '../app/query'
import { notices } from '../shared/notices'
import { parseDiscount } from '../features/packs/discount'
import { aCard, AGENT, list, problem, settled, showPage, stubApi } from '../testing/api'
import { anItem, aPack, GAMES } from '../testing/packs'

const pack = aPack()
const gem = anItem()
const card = anItem({ item_id: 'i2', code: 'card', name: '月卡', price_fen: 3000 })
const price = (change: object = {}) => ({
  game_id: 'xiyou', discount_bp: 2000, list_price_fen: 31100, price_fen: 24880, currency: 'CNY', contents: [{ item_id: 'i1', game_id: 'xiyou', code: 'gem', name: '元宝', quantity: 1, unit_price_fen: 31100 }],
  campaign_id: null, rounding: 'fen', max_discount_bp: 3000, floor_fen: 21770, breaks: null, allowed: true, needs_approval: false, ...change,
})
const campaign = { campaign_id: 'c1', name: '国庆', state: 'running', game_ids: ['xiyou'] }
type Routes = Parameters<typeof stubApi>[0]
async function open(name: string, address: string, routes: Routes = {}) {
  const base: Routes = {
    'GET /agents': [200, list(AGENT)], 'GET /games': [200, GAMES], 'GET /campaigns': [200, list(campaign)], 'GET /items': [200, list(gem, card)], 'POST /pack-prices': [200, price()],
    'GET /packs/K7M2X': [200, pack], [`GET /packs/${pack.pack_id}`]: [200, pack],
  }
  const stub = stubApi({ ...base, ...routes })
  return { stub, ...(await showPage(name, address)) }
}
type View = Awaited<ReturnType<typeof open>>['view']
const texts = () => notices.map(({ text }) => text)
const at = (view: View, testid: string) => view.get(`[data-testid=${testid}]`)
const enabled = (one: { attributes: (name: string) => string | undefined }) => one.attributes('disabled') === undefined

async function addFirst(view: View, typed = '元宝') {
  await at(view, 'item-search').setValue(typed)
  await at(view, 'item-search').trigger('keydown', { key: 'Enter' })
  await vi.waitFor(() => expect(view.find('[data-testid=pack-line]').exists()).toBe(true))
}

test('discounts are typed in per cent or in 折', () => {
  expect(['20', '12.5%', '8折', '8.5 折', '85折', '０', '100', '101', '11.5折', 'x', ''].map(parseDiscount)).toEqual([2000, 1250, 2000, 1500, 1500, 0, 10000, null, null, null, null])
})

test('a pack is built by keys alone: search, Enter, discount, Ctrl+Enter; its price is there before (R23)', async () => {
  const { view, stub, router } = await open('pack-new', '/packs/new', { 'POST /packs': [201, aPack({ code: 'N3W2P' })] })
  expect(document.activeElement).toBe(at(view, 'item-search').element)
  expect(at(view, 'pack-needs').text()).toBe('请先添加道具。')
  await addFirst(view)
  expect(document.activeElement).toBe(at(view, 'item-search').element)
  await at(view, 'quantity').setValue(3)
  await at(view, 'pack-discount').setValue('8折')
  await at(view, 'pack-name').setValue('周末礼包')
  await vi.waitFor(() => expect(at(view, 'live-price').text()).toBe('¥248.80'))
  expect(stub.of('POST /pack-prices').at(-1)!.body).toEqual({ discount_bp: 2000, contents: [{ item_id: 'i1', quantity: 3 }], campaign_id: null })
  expect(at(view, 'live-floor').text()).toBe('¥217.70')
  expect(at(view, 'may-discount').text()).toBe('7 折')
  expect(at(view, 'verdict').text()).toBe('在您的权限内，提交后立即上架。')
  await at(view, 'pack-name').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  const [call] = stub.of('POST /packs')
  expect(call!.body).toEqual({
    name: '周末礼包', description: '', discount_bp: 2000, contents: [{ item_id: 'i1', quantity: 3 }], campaign_id: null, player_id: null, valid_from: null, valid_until: null, draft: false,
  })
  expect(call!.headers.get('Idempotency-Key')).toBeTruthy()
  expect(texts()).toEqual(['N3W2P 已上架。'])
  expect(router.currentRoute.value.fullPath).toBe('/packs/N3W2P')
})

test('arrows choose among the finds, one that is there gets one more, and items are of the first one\'s game', async () => {
  const { view, stub } = await open('pack-new', '/packs/new')
  await addFirst(view)
  await addFirst(view)
  await vi.waitFor(() => expect((at(view, 'quantity').element as HTMLInputElement).value).toBe('2'))
  await at(view, 'item-search').setValue('卡')
  await vi.waitFor(() => expect(view.findAll('[data-testid=item-search-found]')).toHaveLength(2))
  expect(stub.of('GET /items').at(-1)!.query.get('game_id')).toBe('xiyou')
  await at(view, 'item-search').trigger('keydown', { key: 'ArrowDown' })
  await at(view, 'item-search').trigger('keydown', { key: 'Enter' })
  await settled()
  expect(view.findAll('[data-testid=pack-line]').map((line) => line.attributes('data-key'))).toEqual(['i1', 'i2'])
  await view.findAll('[data-testid=remove-item]')[0]!.trigger('click')
  await settled()
  expect(document.activeElement).toBe(at(view, 'remove-item').element)
})

test('beyond one\'s rule it says that a lead approves; what nobody may allow is not offered', async () => {
  const { view } = await open('pack-new', '/packs/new', { 'POST /pack-prices': (_call, attempt) => [200, attempt === 1 ? price({ allowed: false, needs_approval: true, breaks: 'discount' }) : price({ allowed: false, breaks: 'lowest_price' })] })
  await addFirst(view)
  await at(view, 'pack-discount').setValue('40')
  await at(view, 'pack-name').setValue('x')
  await vi.waitFor(() => expect(at(view, 'verdict').text()).toBe('超出您的权限，提交后要等组长审批。 折扣超出了您的权限。'))
  expect(at(view, 'pack-save').text()).toContain('提交审批')
  await at(view, 'pack-discount').setValue('90')
  await vi.waitFor(() => expect(at(view, 'verdict').text()).toContain('没有人能批这个价'))
  expect(enabled(at(view, 'pack-save'))).toBe(false)
  expect(enabled(at(view, 'pack-draft'))).toBe(true)
})

test('for one player, in a campaign, as a draft; what is wrong is said at its field; the draft outlives a reload', async () => {
  const { view, stub } = await open('pack-new', '/packs/new?campaign=c1', {
    'GET /players': [200, { items: [aCard()], next_cursor: null, refine: false }], 'POST /packs': [422, problem('valid-until-passed', { errors: [{ pointer: '/valid_until', rule: 'valid-until-passed', message: 'x' }] })],
  })
  await addFirst(view)
  await at(view, 'pack-discount').setValue('10')
  await at(view, 'pack-name').setValue('专属')
  await at(view, 'player-search').setValue('阿龙')
  await at(view, 'player-search').trigger('keydown', { key: 'Enter' })
  await vi.waitFor(() => expect(at(view, 'pack-player').text()).toContain('只卖给：阿龙'))
  await at(view, 'pack-until').setValue('2020-01-01T00:00')
  await at(view, 'pack-draft').trigger('click')
  await settled()
  expect(stub.of('POST /packs')[0]!.body).toMatchObject({ campaign_id: 'c1', player_id: aCard().player_id, draft: true, valid_until: new Date('2020-01-01T00:00').toISOString() })
  expect(view.text()).toContain('停止出售的时间已经过了')
  expect(at(view, 'pack-until').attributes('aria-invalid')).toBe('true')
  view.unmount()
  const again = await open('pack-new', '/packs/new')
  expect((at(again.view, 'pack-name').element as HTMLInputElement).value).toBe('专属')
})

test('an edit sends what differs against its version; a colleague\'s is shown beside mine (R13)', async () => {
  const theirs = aPack({ version: 2, revision: 2, name: '他的名字' })
  const { view, stub, router } = await open('pack-edit', '/packs/K7M2X/edit', {
    [`PATCH /packs/${pack.pack_id}`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: theirs })] : [200, { ...theirs, name: '我的名字', version: 3, revision: 3 }]),
  })
  expect(at(view, 'price-box').text()).toContain('第 2 版')
  await at(view, 'pack-name').setValue('我的名字')
  await at(view, 'pack-name').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  expect(stub.of(`PATCH /packs/${pack.pack_id}`)[0]!.body).toEqual({ name: '我的名字' })
  expect(at(view, 'conflict').text()).toMatch(/他的名字.*我的名字/)
  await at(view, 'conflict-keep').trigger('click')
  await settled()
  expect(stub.of(`PATCH /packs/${pack.pack_id}`)[1]!.headers.get('If-Match')).toBe('"2"')
  expect(router.currentRoute.value.fullPath).toBe('/packs/K7M2X')
})

test('a draft is saved and submitted in one go', async () => {
  const draft = aPack({ state: 'draft' })
  const { view, stub } = await open('pack-edit', '/packs/K7M2X/edit', {
    'GET /packs/K7M2X': [200, draft], [`PATCH /packs/${pack.pack_id}`]: [200, { ...draft, name: '新', version: 2 }], [`POST /packs/${pack.pack_id}/submit`]: [200, aPack({ version: 3 })],
  })
  await at(view, 'pack-name').setValue('新')
  await at(view, 'pack-save').trigger('click')
  await settled()
  expect(stub.of(`POST /packs/${pack.pack_id}/submit`)[0]!.headers.get('If-Match')).toBe('"2"')
  expect(texts()).toEqual(['K7M2X 已上架。'])
})

test('who takes a colleague\'s draft instead of his own does not put it on sale', async () => {
  const draft = aPack({ state: 'draft' })
  const { view, stub } = await open('pack-edit', '/packs/K7M2X/edit', {
    'GET /packs/K7M2X': [200, draft], [`PATCH /packs/${pack.pack_id}`]: [412, problem('stale-version', { current: { ...draft, version: 2, name: '他的名字' } })],
  })
  await at(view, 'pack-name').setValue('我的名字')
  await at(view, 'pack-save').trigger('click')
  await settled()
  await at(view, 'conflict-take').trigger('click')
  await settled()
  expect(stub.of(`POST /packs/${pack.pack_id}/submit`)).toEqual([])
  expect((at(view, 'pack-name').element as HTMLInputElement).value).toBe('他的名字')
})

test('who may not change a pack is told so', async () => {
  const { view } = await open('pack-edit', '/packs/K7M2X/edit', { 'GET /packs/K7M2X': [200, aPack({ created_by: 'KF009' })] })
  expect(at(view, 'may-not').text()).toContain('只有制作人、本组组长和管理员可以改。')
})

test('a draft that changed while its builder was open is shown as it is, and submitted at the second press', async () => {
  const draft = aPack({ state: 'draft', version: 3 })
  const now = { ...draft, version: 4, name: '同事改的名' }
  const { view, stub } = await open('pack-edit', '/packs/K7M2X/edit', {
    'GET /packs/K7M2X': [200, draft], [`GET /packs/${pack.pack_id}`]: [200, draft],
    [`POST /packs/${pack.pack_id}/submit`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: now })] : [200, { ...now, state: 'active', version: 5 }]) as never,
  })
  await vi.waitFor(() => expect(enabled(at(view, 'pack-save'))).toBe(true))
  await at(view, 'pack-save').trigger('click')
  await settled()
  expect((at(view, 'pack-name').element as HTMLInputElement).value).toBe('同事改的名')
  expect(view.text()).toContain('已显示最新内容')
  await at(view, 'pack-save').trigger('click')
  await settled()
  expect(stub.of(`POST /packs/${pack.pack_id}/submit`).map(({ headers }) => headers.get('If-Match'))).toEqual(['"3"', '"4"'])
  expect(texts()).toEqual(['K7M2X 已上架。'])
})

test('the builder follows what a colleague makes of the pack, and keeps what was typed', async () => {
  const draft = aPack({ state: 'draft', version: 3 })
  const { view, stub } = await open('pack-edit', '/packs/K7M2X/edit', {
    'GET /packs/K7M2X': [200, draft], [`GET /packs/${pack.pack_id}`]: [200, draft], [`PATCH /packs/${pack.pack_id}`]: [200, { ...draft, version: 5 }],
  })
  await at(view, 'pack-name').setValue('我的名')
  queryClient.setQueryData(['packs', 'one', pack.pack_id], { ...draft, version: 4, description: '同事写的' })
  await settled()
  await at(view, 'pack-draft').trigger('click')
  await settled()
  const [call] = stub.of(`PATCH /packs/${pack.pack_id}`)
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"4"', { name: '我的名' }])
})
