import { expect, test, vi } from 'vitest'
import { queryClient } from '../app/query'
import { notices } from '../shared/notices'
import { AGENT, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'
import { aPack, aWaitingPack, GAMES, signedInAs } from '../testing/packs'

const base = { 'GET /agents': [200, list(AGENT)], 'GET /games': [200, GAMES], 'GET /campaigns': [200, list()] } as const
async function open(name: string, address: string, routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({ ...(base as unknown as Parameters<typeof stubApi>[0]), ...routes })
  return { stub, ...(await showPage(name, address)) }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string, target: Element = document.activeElement ?? document.body) => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
const pack = aPack()
const revision = { ...pack, made_by: 'KF001', made_at: pack.created_at, approved_by: null, approved_at: null }
const one = { [`GET /packs/${pack.code}`]: [200, pack], [`GET /packs/${pack.pack_id}`]: [200, pack], [`GET /packs/${pack.pack_id}/revisions`]: [200, list(revision)] } as Record<string, [number, unknown]>

test('the list shows id, name, price and contents, and asks for what the address says (R24)', async () => {
  const { stub, view } = await open('packs', `/packs?state=active&game_id=xiyou&q=K7&created_by=KF001&campaign_id=c1&player_id=${PLAYER_ID}&valid_on=2026-03-01&sort=price`, { 'GET /packs': [200, list(pack)] })
  expect(Object.fromEntries(stub.of('GET /packs')[0]!.query)).toEqual({
    state: 'active', game_id: 'xiyou', q: 'K7', created_by: 'KF001', campaign_id: 'c1', player_id: PLAYER_ID, valid_on: '2026-03-01', sort: 'price', limit: '50',
  })
  const row = view.get('[data-testid=row]')
  expect(row.text()).toMatch(/K7M2X.*周末礼包.*¥497.60.*8 折.*元宝 ×2.*在售.*林小雨/)
  expect(row.get('a').attributes('href')).toBe('/packs/K7M2X')
})

test('an empty list offers to build the first; N does too', async () => {
  const { view, router } = await open('packs', '/packs', { 'GET /packs': [200, list()] })
  expect(view.get('[data-testid=list-empty]').text()).toContain('组合一个新的')
  press('n')
  await settled()
  expect(router.currentRoute.value.name).toBe('pack-new')
})

test('a pack shows its contents, its floor, who approved it, and how its revisions differ (R23)', async () => {
  const second = { ...revision, approved_by: 'KF002', approved_at: '2026-03-02T02:00:00Z', revision: 2, discount_bp: 3000, price_fen: 43540 }
  const { view } = await open('pack', '/packs/k7m2x', {
    ...one, 'GET /packs/k7m2x': [200, aPack({ revision: 2, approved_by: 'KF001' })], [`GET /packs/${pack.pack_id}/revisions`]: [200, list<object>(second, revision)],
  })
  expect(view.get('[data-testid=pack]').text()).toMatch(/¥497.60.*元宝.*¥311.00.*¥622.00/)
  expect(view.get('[data-testid=pack-floor]').text()).toBe('¥435.40')
  expect(view.get('[data-testid=approver]').text()).toBe('林小雨')
  expect(view.get('[data-testid=revisions]').text()).toMatch(/第 2 版.*审批人 KF002.*折扣 8 折 → 7 折.*售价 ¥497.60 → ¥435.40.*第 1 版.*元宝 ×2/)
})

test('what price changes did to a pack is shown beside it (B1)', async () => {
  const impact = { impact_id: 'x1', game_id: 'xiyou', cause: 'push', cause_id: 'e1', actor: null, items_changed: 1, packs_changed: 1, packs_to_review: 1, at: '2026-03-05T02:00:00Z' }
  const hit = { pack_id: pack.pack_id, code: pack.code, name: pack.name, created_by: 'KF001', old_list_price_fen: 62200, new_list_price_fen: 31100, old_price_fen: 49760, new_price_fen: 24880, old_state: 'active', new_state: 'review', breaks: 'lowest_price' }
  const { view, stub } = await open('pack', '/packs/K7M2X', { ...one, 'GET /price-impacts': [200, list({ ...impact, pack: hit })] })
  expect(Object.fromEntries(stub.of('GET /price-impacts')[0]!.query)).toMatchObject({ pack_id: pack.pack_id })
  expect(view.get('[data-testid=pack-impacts]').text()).toMatch(/游戏推送.*¥497.60 → ¥248.80.*复核中 · 低于最低价/)
})

test('a draft is submitted, what became of it is said, and a pack is retired only when asked twice', async () => {
  const draft = aPack({ state: 'draft' })
  const { view, stub } = await open('pack', '/packs/K7M2X', {
    ...one, 'GET /packs/K7M2X': [200, draft], [`POST /packs/${pack.pack_id}/submit`]: [200, aPack({ state: 'pending_approval', version: 2 })], [`POST /packs/${pack.pack_id}/retire`]: [200, aPack({ state: 'retired', version: 3 })],
    [`GET /packs/${pack.pack_id}`]: [200, draft],
  })
  await view.get('[data-testid=pack-submit]').trigger('click')
  await settled()
  expect(texts()).toEqual(['K7M2X 已提交，等待审批。'])
  await view.get('[data-testid=pack-retire]').trigger('click')
  expect(stub.of(`POST /packs/${pack.pack_id}/retire`)).toHaveLength(0)
  await view.get('[data-testid=pack-retire-yes]').trigger('click')
  await settled()
  expect(stub.of(`POST /packs/${pack.pack_id}/retire`)[0]!.headers.get('If-Match')).toBe('"2"')
  expect(view.find('[data-testid=pack-edit]').exists()).toBe(false)
})

test('a draft that a colleague changes while the answer is away is not submitted unseen', async () => {
  const draft = aPack({ state: 'draft' })
  const theirs = aPack({ state: 'draft', revision: 2, version: 2 })
  const { view, stub } = await open('pack', '/packs/K7M2X', {
    ...one, 'GET /packs/K7M2X': [200, draft], [`GET /packs/${pack.pack_id}`]: [200, theirs], [`POST /packs/${pack.pack_id}/submit`]: (_call, attempt) => {
      if (attempt > 1) return [412, problem('stale-version', { current: theirs })]
      queryClient.setQueryData(['packs', 'one', pack.pack_id], theirs)
      return 'network'
    },
  })
  await view.get('[data-testid=pack-submit]').trigger('click')
  await settled()
  expect(stub.of(`POST /packs/${pack.pack_id}/submit`).map((call) => call.headers.get('If-Match'))).toEqual(Array(2).fill(`"${draft.version}"`))
  expect([view.find('[data-testid=problem]').exists(), texts()]).toEqual([true, []])
})

test('anybody copies anybody\'s pack and opens the copy; others\' packs are not edited', async () => {
  const theirs = aPack({ created_by: 'KF009' })
  const copy = aPack({ pack_id: 'copy', code: 'N3W2P', state: 'draft' })
  const { view, router } = await open('pack', '/packs/K7M2X', { ...one, 'GET /packs/K7M2X': [200, theirs], [`POST /packs/${pack.pack_id}/copies`]: [201, copy] })
  expect(view.find('[data-testid=pack-edit]').exists()).toBe(false)
  expect(view.get('[data-testid=pack]').text()).toContain('只有制作人、本组组长和管理员可以改。')
  await view.get('[data-testid=pack-copy]').trigger('click')
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/packs/N3W2P/edit')
})

test('a code that is none says why it may be mistyped', async () => {
  const { view } = await open('pack', '/packs/K7M20', {})
  expect(view.get('[data-testid=pack-missing]').text()).toContain('没有 0、1、I、L、O')
})

test('a lead approves by A and rejects by R with a reason, in the row (R23)', async () => {
  const first = aWaitingPack({ version: 3 })
  const second = aWaitingPack({ pack_id: 'p2', code: 'B2B2B', version: 5 })
  const { view, stub } = await open('approvals', '/approvals', {
    'GET /pack-approvals': [200, list(first, second)], [`POST /packs/${first.pack_id}/approve`]: [200, aPack()], 'POST /packs/p2/reject': [200, aPack({ pack_id: 'p2', code: 'B2B2B', state: 'draft' })],
  })
  await signedInAs({ role: 'lead' })
  expect(view.get('[data-testid=row]').text()).toMatch(/K7M2X.*周末礼包.*待审批.*¥497.60.*¥373.20.*8 折 最多 6 折/)
  press('a')
  await settled()
  expect(stub.of(`POST /packs/${first.pack_id}/approve`)).toHaveLength(0)
  press('a')
  await settled()
  expect(stub.of(`POST /packs/${first.pack_id}/approve`)[0]!.headers.get('If-Match')).toBe('"3"')
  expect(texts()).toContain('K7M2X 已通过，可以卖了。')
  view.findAll<HTMLElement>('[data-row-link]')[1]!.element.focus()
  press('r')
  await settled()
  const reason = view.get('[data-testid=reject-reason]')
  expect(document.activeElement).toBe(reason.element)
  await reason.setValue('折扣太大')
  await reason.element.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  await settled()
  expect(stub.of('POST /packs/p2/reject').map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"5"', { reason: '折扣太大' }]])
})

test('a lead sees on the page of a waiting pack what he may give himself; approving it leaves him on the page (R24)', async () => {
  const waiting = aPack({ state: 'pending_approval', floor_fen: null, created_by: 'KF009', revised_by: 'KF009', discount_bp: 4000 })
  const { view, stub } = await open('pack', '/packs/K7M2X', {
    ...one, 'GET /packs/K7M2X': [200, waiting], [`GET /packs/${pack.pack_id}`]: [200, waiting],
    'POST /pack-prices': [200, { max_discount_bp: 5000, floor_fen: 31100 }], [`POST /packs/${pack.pack_id}/approve`]: [200, aPack()],
  })
  await signedInAs({ role: 'lead' })
  await settled()
  expect(view.get('[data-testid=pack]').text()).toMatch(/等您审批.*折扣 6 折，您最多可给 5 折 · 您的最低价 ¥311.00.*审批通过后确定/)
  expect(stub.of('POST /pack-prices')[0]!.body).toMatchObject({ discount_bp: 4000, campaign_id: null })
  await view.get('[data-testid=approve]').trigger('click')
  await settled()
  expect(document.activeElement?.id).toBe('main')
})

test('what one may not approve says why, and what changed meanwhile is said and shown anew', async () => {
  const own = aWaitingPack({ decision: { may_approve: false, because: 'own_work', price_fen: 40000, max_discount_bp: 4000, floor_fen: 43540 } })
  const other = aWaitingPack({ pack_id: 'p2', code: 'B2B2B' })
  const { view, stub } = await open('approvals', '/approvals', { 'GET /pack-approvals': [200, list(own, other)], 'POST /packs/p2/approve': [412, problem('stale-version')] })
  const rows = view.findAll('[data-testid=row]')
  expect(rows[0]!.text()).toMatch(/¥497.60 → ¥400.00.*¥435.40 ↓.*自己做的礼包由其他人审批/)
  expect(rows[0]!.get('[data-testid=approve]').attributes('disabled')).toBeDefined()
  await rows[1]!.get('[data-testid=approve]').trigger('click')
  await vi.waitFor(() => expect(texts()).toContain('同事刚刚改过，已显示最新内容，请再操作一次。'))
  expect(stub.of('GET /pack-approvals').length).toBeGreaterThan(1)
})
