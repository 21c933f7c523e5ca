import { expect, test } from 'vitest'
import { keys, queryClient } from '../app/query'
import { toLocalInput } from '../shared/format'
import { notices } from '../shared/notices'
import type { Quote } from '../features/sales/types'
import { aCard, AGENT, anOrder, aTouch, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'

const HOUR_MS = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
const LEAD = { ...AGENT, agent_id: 'KF009', name: '周组长', role: 'lead' as const }
const aQuote = (change: Partial<Quote> = {}): Quote => ({
  quote_id: 'q1', number: 'Q-000007', player_id: PLAYER_ID, agent_id: 'KF001', stand_in: false, profile_id: null, pack: anOrder().pack, amount_fen: 49760, currency: 'CNY', campaign_id: null,
  note: '', expires_at: inHours(5), state: 'open', order_id: null, extended_by: null, extended_at: null, extend_reason: null, withdrawn_by: null, withdrawn_at: null, withdraw_reason: null,
  created_at: inHours(-1), updated_at: inHours(-1), version: 1, ...change,
})
async function page(agent: typeof AGENT, address: string, routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({
    'GET /quotes': [200, list(aQuote())], 'GET /player-cards': [200, list(aCard())], 'GET /agents': [200, list(AGENT, LEAD)], 'GET /stand-ins': [200, list()], ...routes,
  })
  const shown = await showPage('quotes', address)
  queryClient.setQueryData(keys.session, { agent, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, ...shown }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('quotes are asked for by agent, state, pack and player; those that end soon to the full hour (B2)', async () => {
  const { stub } = await page(AGENT, `/sales/quotes?agent=KF001&state=sold&pack_code=7k3qx&player_id=${PLAYER_ID}`)
  expect(Object.fromEntries(stub.of('GET /quotes')[0]!.query)).toEqual({ agent: 'KF001', state: 'sold', pack_code: '7K3QX', player_id: PLAYER_ID, limit: '50' })
  const ending = await page(AGENT, '/sales/quotes?ending=true')
  const query = ending.stub.of('GET /quotes')[0]!.query
  expect([query.get('state'), query.get('expires_before')?.slice(13)]).toEqual([null, ':00:00.000Z'])
})

test('its maker withdraws a quote with a reason, by keys; extending it is another\'s (B2)', async () => {
  const { view, stub } = await page(AGENT, '/sales/quotes', { 'POST /quotes/q1/withdraw': [200, { ...aQuote({ state: 'withdrawn', version: 2 }), minor: null }] })
  expect(view.find('[data-testid=extend]').exists()).toBe(false)
  press('j')
  await settled()
  press('e')
  await settled()
  expect(texts()).toEqual(['只有报价人的组长或管理员可以延期。'])
  press('w')
  await settled()
  expect(view.get('[data-testid=withdraw-form]').text()).toContain('撤回 Q-000007：阿龙 将不能再按 ¥497.60 购买')
  expect(view.get('[data-testid=withdraw-form-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=withdraw-form-reason]').setValue('价格报错')
  await view.get('[data-testid=withdraw-form]').trigger('submit')
  await settled()
  const [call] = stub.of('POST /quotes/q1/withdraw')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"1"', { reason: '价格报错' }])
  expect(texts()).toContain('报价 Q-000007 已撤回。')
})

test('a lead extends it once, within what is possible (B2)', async () => {
  const latest = inHours(30)
  const { view, stub } = await page(LEAD, '/sales/quotes', {
    'POST /quotes/q1/extend': (_call, attempt) => (attempt === 1 ? [422, problem('quote-too-long', { latest_expires_at: latest })] : [200, { ...aQuote({ extended_at: inHours(0), expires_at: latest, version: 2 }), minor: null }]),
    'GET /quotes': (_call, attempt) => [200, list(attempt === 1 ? aQuote() : aQuote({ extended_at: inHours(0), expires_at: latest, version: 2 }))],
  })
  await view.get('[data-testid=extend]').trigger('click')
  await settled()
  await view.get('[data-testid=extend-form-until]').setValue(toLocalInput(new Date(Date.now() + HOUR_MS)))
  expect(view.get('[data-testid=extend-form]').text()).toContain('要晚于现在的有效期')
  await view.get('[data-testid=extend-form-until]').setValue(toLocalInput(new Date(Date.now() + 40 * HOUR_MS)))
  await view.get('[data-testid=extend-form-reason]').setValue('玩家明天付款')
  await view.get('[data-testid=extend-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=extend-form]').text()).toMatch(/最晚到.*不能延那么久/)
  await view.get('[data-testid=extend-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /quotes/q1/extend')[1]!.body).toMatchObject({ reason: '玩家明天付款' })
  expect(view.find('[data-testid=extend]').exists()).toBe(false)
  expect(view.get('[data-testid=row]').text()).toContain('已延期')
})

test('contacts are asked for by agent, outcome and player, say what was offered, and are exported (R16, R18)', async () => {
  const stub = stubApi({
    'GET /touches': [200, list(aTouch({ pack_code: '7K3QX', offered_price_fen: 60000, follow_up_on: '2026-03-09' }), aTouch({ touch_id: 'w', outcome: 'won', reason: null, order_id: 'o1', pack_code: '7K3QX' }))],
    'GET /player-cards': [200, list(aCard())], 'GET /agents': [200, list(AGENT)], 'GET /exports/touches': [422, problem('export-too-large')],
  })
  const { view } = await showPage('contacts', `/sales/contacts?agent=KF001&outcome=lost&player_id=${PLAYER_ID}`)
  expect(Object.fromEntries(stub.of('GET /touches')[0]!.query)).toEqual({ agent: 'KF001', outcome: 'lost', player_id: PLAYER_ID, limit: '50' })
  const [lost, won] = view.findAll('[data-testid=row]')
  expect(lost!.text()).toMatch(/阿龙.*未成交.*价格太高 · 觉得贵.*7K3QX.*¥600.00.*3月9日.*林小雨/)
  expect(lost!.get('a').attributes('href')).toBe(`/?player=${PLAYER_ID}`)
  expect(won!.findAll('a').map((link) => link.attributes('href'))).toContain('/orders/o1')
  await view.get('[data-testid=export]').trigger('click')
  await settled()
  expect(stub.of('GET /exports/touches')).toHaveLength(1)
})
