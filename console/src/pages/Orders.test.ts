import { expect, test, vi } from 'vitest'
import { tabsOf } from '../app/pages'
import { keys, queryClient } from '../app/query'
import { notices } from '../shared/notices'
import type { ListedDelivery, Quote, Refund } from '../features/sales/types'
import type { Order } from '../api/types'
import { aCard, AGENT, anOrder, aPlayer, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'

const LEAD = { ...AGENT, agent_id: 'KF009', name: '周组长', role: 'lead' as const }
const SELLER = { ...AGENT, agent_id: 'KF002', name: '张三' }
const sold = (change: Partial<Order> = {}) => anOrder({ order_id: 'o1', seller_agent_id: 'KF002', method: 'wechat_transfer', ...change })
const aRefund = (change: Partial<Refund> = {}): Refund => ({
  refund_id: 'x1', order_id: 'o1', order_number: 'O-000001', player_id: PLAYER_ID, amount_fen: 10000, currency: 'CNY', reason: '买错了', method: 'wechat_transfer', transaction_id: null,
  refunded_at: '2026-03-04T02:00:00Z', refunded_by: 'KF009', after_delivery: false, recorded_at: '2026-03-04T02:00:00Z', ...change,
})
const account = { profile_id: 'g1', game_id: 'xiyou', server: '一区', game_account_id: 'acc-1' }
const contents = [{ item_id: 'i1', game_id: 'xiyou', code: 'gem', name: '灵石', quantity: 10, unit_price_fen: 6220 }]

const common = {
  'GET /player-cards': [200, list(aCard())], 'GET /agents': [200, list(AGENT, LEAD, SELLER)], 'GET /stand-ins': [200, list()],
  'GET /games': [200, { items: [{ game_id: 'xiyou', name: '西游传说' }] }], 'GET /refunds': [200, list()],
} as Parameters<typeof stubApi>[0]
type Routes = Parameters<typeof stubApi>[0]

/** A page as somebody sees it. */
async function pageAs(agent: typeof AGENT, name: string, address: string, routes: Routes) {
  const stub = stubApi({ ...common, ...routes })
  const shown = await showPage(name, address)
  queryClient.setQueryData(keys.session, { agent, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, ...shown }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('orders are asked for by number, day, seller, team, state, payment and player; a row leads to its page (R17)', async () => {
  const { stub, view } = await pageAs(AGENT, 'orders', `/orders?q=O-1&paid_from=2026-03-01&paid_to=2026-03-02&seller=KF002&team=一组&state=paid&verified=false&player_id=${PLAYER_ID}`, { 'GET /orders': [200, list(sold())], 'GET /exports/orders': [422, problem('export-too-large')] })
  const query = { q: 'O-1', paid_from: '2026-03-01', paid_to: '2026-03-02', seller: 'KF002', team: '一组', state: 'paid', verified: 'false', player_id: PLAYER_ID }
  expect(Object.fromEntries(stub.of('GET /orders')[0]!.query)).toEqual({ ...query, limit: '50' })
  expect(view.get('[data-testid=row]').text()).toMatch(/O-000001.*阿龙.*周末礼包.*¥497.60.*待确认收款.*—.*微信转账.*张三/)
  expect(view.get('[data-testid=row] a').attributes('href')).toBe('/orders/o1')
  await view.get('[data-testid=export]').trigger('click')
  await settled()
  expect(Object.fromEntries(stub.of('GET /exports/orders')[0]!.query)).toEqual({ ...query, lang: 'zh' })
})

test('a lead confirms the payments of his team by keys alone, row after row (R17)', async () => {
  const second = sold({ order_id: 'o2', number: 'O-000002' })
  let open = [sold(), second]
  const { stub, view } = await pageAs(LEAD, 'orders-confirm', '/orders/confirm', {
    'GET /orders': () => [200, list(...open)],
    'POST /orders/o1/verify': () => { open = [second]; return [200, sold({ verified: true, version: 2 })] },
    'POST /orders/o2/reject-payment': () => { open = []; return [200, { ...second, state: 'cancelled', version: 2 }] },
  })
  expect(Object.fromEntries(stub.of('GET /orders').at(-1)!.query)).toEqual({ state: 'paid', verified: 'false', team: '一组', limit: '50' })
  press('j')
  await settled()
  press('a')
  await settled()
  expect(view.get('[data-testid=verify-form]').text()).toContain('¥497.60 已到账？')
  expect(document.activeElement?.getAttribute('data-testid')).toBe('verify-save')
  await view.get('[data-testid=verify-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders/o1/verify')[0]!.headers.get('If-Match')).toBe('"1"')
  expect(view.findAll('[data-testid=row]').map((row) => row.attributes('data-key'))).toEqual(['o2'])
  expect(document.activeElement?.closest('[data-key]')?.getAttribute('data-key')).toBe('o2')

  press('r')
  await settled()
  expect(view.get('[data-testid=reject-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=reject-reason]').setValue('账上没有')
  await view.get('[data-testid=reject-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders/o2/reject-payment')[0]!.body).toEqual({ reason: '账上没有' })
  expect(texts()).toEqual(['O-000001 已确认到账，开始发货。', 'O-000002 已标记未到账并取消。'])
  expect(view.get('[data-testid=list-empty]').text()).toContain('没有待确认的收款')
})

test('nobody confirms his own sale, and it says why', async () => {
  const { view } = await pageAs(LEAD, 'orders-confirm', '/orders/confirm', { 'GET /orders': [200, list(sold({ seller_agent_id: 'KF009' }))] })
  expect(view.find('[data-testid=verify]').exists()).toBe(false)
  expect(view.get('[data-testid=row]').text()).toContain('自己的订单要由其他人处理')
})

test('a payment that a colleague has confirmed meanwhile goes from the list, and it says so (412)', async () => {
  const { view } = await pageAs(LEAD, 'orders-confirm', '/orders/confirm', {
    'GET /orders': [200, list(sold())], 'POST /orders/o1/verify': [412, problem('stale-version', { current: sold({ verified: true, version: 2 }) })],
  })
  await view.get('[data-testid=verify]').trigger('click')
  await settled()
  await view.get('[data-testid=verify-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toMatch(/同事刚刚改过.*O-000001/)
  expect(view.findAll('[data-testid=row]')).toHaveLength(0)
})

const QUOTE = {
  quote_id: 'q1', number: 'Q-000007', player_id: PLAYER_ID, agent_id: 'KF002', stand_in: false, profile_id: null, pack: anOrder().pack, amount_fen: 49760, currency: 'CNY', campaign_id: null,
  note: '', expires_at: '2026-03-03T02:00:00Z', state: 'sold', order_id: 'o1', extended_by: null, extended_at: null, extend_reason: null, withdrawn_by: null, withdrawn_at: null,
  withdraw_reason: null, created_at: '2026-03-01T02:00:00Z', updated_at: '2026-03-02T02:00:00Z', version: 2,
} as Quote
const delivered = sold({
  pack: { ...anOrder().pack, contents }, quote_id: 'q1', verified: true, verified_by: 'KF009', verified_at: '2026-03-02T03:00:00Z', state: 'partly_refunded', refunded_fen: 10000, version: 4,
  delivery: { ...anOrder().delivery, state: 'delivered', account, attempts: 1, queued_at: '2026-03-02T03:00:00Z', delivered_at: '2026-03-02T03:01:00Z' },
})

test('the page of an order shows the pack as it was sold, payment, delivery, refunds, quote and what happened (R17)', async () => {
  const { view } = await pageAs(AGENT, 'order', '/orders/o1', { 'GET /orders/o1': [200, delivered], 'GET /quotes/q1': [200, QUOTE], 'GET /refunds': [200, list(aRefund())] })
  expect(view.get('[data-testid=order-pack-panel]').text()).toMatch(/周末礼包.*7K3QX.*灵石.*西游传说.*¥62.20.*10.*¥622.00.*8 折.*¥497.60/)
  expect(view.get('[data-testid=order-payment]').text()).toMatch(/¥497.60.*微信转账.*tx.*张三.*已到账.*周组长/)
  expect(view.get('[data-testid=order-delivery]').text()).toMatch(/已发货.*西游传说.*一区.*acc-1/)
  expect(view.get('[data-testid=order-refunds]').text()).toMatch(/¥100.00.*买错了/)
  expect(view.get('[data-testid=order-quote]').text()).toContain('Q-000007')
  expect(view.findAll('[data-testid=happened]').map((one) => one.attributes('data-what'))).toEqual(['quoted', 'paid', 'recorded', 'verified', 'queued', 'delivered', 'refunded'])
  // Another's sale: an agent is offered nothing, and told why.
  expect(view.find('[data-testid=order-refund]').exists()).toBe(false)
  expect(view.get('[data-testid=order-refused]').text()).toContain('登记退款：只有成交客服的组长或管理员可以操作')
})

test('a lead confirms by A and Enter, with what he confirms before his eyes', async () => {
  const { view, stub } = await pageAs(LEAD, 'order', '/orders/o1', { 'GET /orders/o1': [200, sold()], 'POST /orders/o1/verify': [200, sold({ verified: true, version: 2 })] })
  press('a')
  await settled()
  expect(view.get('[data-testid=verify-form]').text()).toMatch(/¥497.60.*微信转账.*tx/)
  expect(document.activeElement?.getAttribute('data-testid')).toBe('verify-form-save')
  await view.get('[data-testid=verify-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders/o1/verify')[0]!.headers.get('If-Match')).toBe('"1"')
  expect(view.find('[data-testid=order-verify]').exists()).toBe(false)
})

test('a seller takes back what he entered by mistake; a colleague\'s change keeps his reason (412)', async () => {
  const mine = sold({ seller_agent_id: 'KF001' })
  const { view, stub } = await pageAs(AGENT, 'order', '/orders/o1', {
    'GET /orders/o1': [200, mine], 'POST /orders/o1/cancel': (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: { ...mine, version: 5 } })] : [200, { ...mine, state: 'cancelled', cancel_reason: '录错', cancelled_by: 'KF001', cancelled_at: '2026-03-03T02:00:00Z', version: 6 }]),
  })
  press('c')
  await settled()
  await view.get('[data-testid=cancel-form-reason]').setValue('录错')
  await view.get('[data-testid=cancel-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toContain('同事刚刚改过')
  expect(view.get<HTMLInputElement>('[data-testid=cancel-form-reason]').element.value).toBe('录错')
  await view.get('[data-testid=cancel-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders/o1/cancel').map((call) => call.headers.get('If-Match'))).toEqual(['"1"', '"5"'])
  expect(texts()).toContain('O-000001 已取消。')
})

test('a refund is recorded once, never more than is left, and its problems stand at their fields', async () => {
  const paid = sold({ verified: true, refunded_fen: 10000 })
  const { view, stub } = await pageAs(LEAD, 'order', '/orders/o1', {
    'GET /orders/o1': [200, paid],
    'POST /orders/o1/refunds': (_call, attempt) => (attempt === 1 ? [422, problem('not-refundable', { left_fen: 20000, errors: [{ pointer: '/amount_fen', rule: 'not-refundable', message: 'x' }] })] : [201, aRefund({ amount_fen: 20000 })]),
  })
  press('f')
  await settled()
  const amount = view.get<HTMLInputElement>('[data-testid=refund-form-amount]')
  expect(amount.element.value).toBe('397.60')
  await amount.setValue('500')
  expect(view.get('[data-testid=refund-form]').text()).toContain('最多还能退 ¥397.60')
  await amount.setValue('397.6')
  await view.get('[data-testid=refund-form-reason]').setValue('玩家要求')
  await view.get('[data-testid=refund-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders/o1/refunds')[0]!.body).toMatchObject({ amount_fen: 39760, reason: '玩家要求', method: 'wechat_transfer' })
  expect(stub.of('POST /orders/o1/refunds')[0]!.headers.get('Idempotency-Key')).toBeTruthy()
  expect(view.get('[data-testid=refund-form]').text()).toContain('最多还能退 ¥200.00')
  await amount.setValue('200')
  await view.get('[data-testid=refund-form]').trigger('submit')
  await settled()
  expect(texts()).toEqual(['O-000001 已登记退款 ¥200.00。'])
})

test('deliveries are asked for by state, game, seller and overdue; one is sent to another account by key (B7)', async () => {
  const failed = sold({
    seller_agent_id: 'KF001', verified: true, version: 3, pack: { ...anOrder().pack, contents },
    delivery: { ...anOrder().delivery, state: 'failed', account, attempts: 2, last_reason: 'status 404', overdue: true },
  })
  const row: ListedDelivery = {
    ...failed.delivery, order_id: 'o1', number: 'O-000001', player_id: PLAYER_ID, seller_agent_id: 'KF001', pack_code: '7K3QX', pack_name: '周末礼包', order_state: 'paid', order_version: 3,
    paid_at: failed.paid_at,
  }
  const profile = { profile_id: 'g2', game_id: 'xiyou', game_name: '西游传说', state: 'ok' as const, game_account_id: 'acc-2', nickname: '八戒', server: '二区', level: 9, vip_level: null, synced_at: null, attempted_at: null, error: null }
  const { view, stub } = await pageAs(AGENT, 'deliveries', '/orders/deliveries?state=failed,not_possible&game=xiyou&seller=KF001&overdue=true', {
    'GET /deliveries': [200, list(row)], 'GET /orders/o1': [200, failed], [`GET /players/${PLAYER_ID}`]: [200, aPlayer({ profiles: [profile, { ...profile, profile_id: 'g3', game_id: 'other' }] })],
    'POST /orders/o1/delivery/retry': [200, { ...failed, version: 4, delivery: { ...failed.delivery, state: 'queued', overdue: false } }],
  })
  expect(Object.fromEntries(stub.of('GET /deliveries')[0]!.query)).toEqual({ state: 'failed,not_possible', game: 'xiyou', seller: 'KF001', overdue: 'true', limit: '50' })
  expect(view.get('[data-testid=row]').text()).toMatch(/O-000001.*阿龙.*周末礼包.*acc-1.*发货失败.*逾期.*游戏拒绝（404）/)
  press('j')
  await settled()
  press('r')
  await settled()
  expect(view.findAll('[data-testid=retry-profile] option').map((one) => one.text())).toEqual(['原账号 西游传说 · 一区 · acc-1', '西游传说 · 二区 · 八戒 · acc-2'])
  await view.get('[data-testid=retry-profile]').setValue('g2')
  await view.get('[data-testid=retry-form]').trigger('submit')
  await settled()
  const [call] = stub.of('POST /orders/o1/delivery/retry')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"3"', { profile_id: 'g2' }])
  expect(texts()).toEqual(['O-000001 已重新提交发货。'])
})

test('refunds lead to their orders', async () => {
  const { view, stub } = await pageAs(AGENT, 'refunds', `/orders/refunds?order_id=${PLAYER_ID}&player_id=half`, { 'GET /refunds': [200, list(aRefund({ after_delivery: true }))] })
  expect(Object.fromEntries(stub.of('GET /refunds')[0]!.query)).toEqual({ order_id: PLAYER_ID, limit: '50' })
  expect(view.get('[data-testid=row]').text()).toMatch(/O-000001.*阿龙.*¥100.00.*买错了.*发货后退款.*周组长/)
  expect(view.get('[data-testid=row] a').attributes('href')).toBe('/orders/o1')
})

test('what was being typed is there again after a reload', async () => {
  const mine = sold({ seller_agent_id: 'KF001' })
  const first = await pageAs(AGENT, 'order', '/orders/o1', { 'GET /orders/o1': [200, mine] })
  press('c')
  await settled()
  await first.view.get('[data-testid=cancel-form-reason]').setValue('录错了')
  first.view.unmount()
  const { view } = await pageAs(AGENT, 'order', '/orders/o1', { 'GET /orders/o1': [200, mine] })
  expect(view.get<HTMLInputElement>('[data-testid=cancel-form-reason]').element.value).toBe('录错了')
})

test('the tab of payments to confirm is for those who may confirm', () => {
  const names = (role: 'agent' | 'lead') => tabsOf('orders', role).map(({ name }) => name)
  expect([names('agent').includes('orders-confirm'), names('lead').includes('orders-confirm')]).toEqual([false, true])
})

test('an order that is not there, or cannot be read, says so', async () => {
  const missing = await pageAs(AGENT, 'order', '/orders/o9', {})
  expect(missing.view.get('[data-testid=problem]').text()).toContain('没有找到')
  missing.view.unmount()
  const { view } = await pageAs(AGENT, 'order', '/orders/o1', { 'GET /orders/o1': (_call, attempt) => (attempt <= 3 ? [503, problem('unavailable')] : [200, delivered]) })
  await view.get('[data-testid=order-retry-reading]').trigger('click')
  await settled()
  expect(view.find('[data-testid=order-pack-panel]').exists()).toBe(true)
})

test('a payment that is confirmed late leaves the next one\'s reason open and the focus in it', async () => {
  let release = (): void => undefined
  const answered = new Promise<void>((resolve) => { release = resolve })
  const orders = [sold(), sold({ order_id: 'o2', number: 'O-000002' })]
  const { view } = await pageAs(LEAD, 'orders-confirm', '/orders/confirm', {
    'GET /orders': [200, list(...orders)], 'POST /orders/o1/verify': async () => { await answered; return [200, { ...orders[0], verified: true, version: 2 }] },
  })
  const [first, second] = view.findAll('[data-testid=row]')
  await first!.get('[data-testid=verify]').trigger('click')
  await settled()
  await view.get('[data-testid=verify-form]').trigger('submit')
  await second!.get('[data-testid=reject]').trigger('click')
  await settled()
  const field = view.get<HTMLInputElement>('[data-testid=reject-reason]')
  await field.setValue('没有到账')
  field.element.focus()
  release()
  await settled()
  expect(view.findAll('[data-testid=row]').map((row) => row.attributes('data-key'))).toContain('o2')
  expect([view.get<HTMLInputElement>('[data-testid=reject-reason]').element.value, document.activeElement?.getAttribute('data-testid')]).toEqual(['没有到账', 'reject-reason'])
})

test('a refund without a time is of the moment when it is recorded', async () => {
  const order = sold({ verified: true })
  const { view, stub } = await pageAs(LEAD, 'order', '/orders/o1', { 'GET /orders/o1': [200, order], 'POST /orders/o1/refunds': [201, aRefund()] })
  press('f')
  await settled()
  await view.get('[data-testid=refund-form-reason]').setValue('玩家要求')
  vi.setSystemTime('2098-03-01T07:00:20Z')
  await view.get('[data-testid=refund-form]').trigger('submit')
  await settled()
  vi.useRealTimers()
  expect(stub.of('POST /orders/o1/refunds')[0]!.body).toMatchObject({ refunded_at: '2098-03-01T07:00:00.000Z' })
})
