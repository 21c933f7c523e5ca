import { expect, test, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import type { List, Touch } from '../../api/types'
import { notices } from '../../shared/notices'
import { hasDraft } from '../../shared/useDraft'
import { anOrder, aTouch, list, PLAYER_ID, problem, settled, show, stubApi, testRouter } from '../../testing/api'
import OrderForm from './OrderForm.vue'
import TouchForm from './TouchForm.vue'
import { isCode, lastLost, normaliseCode, salesHistory, useContactBlock } from './useSales'

const offer = {
  pack_code: '7K3QX', pack_id: 'p', name: '周末礼包', revision: 2, state: 'active', list_price_fen: 62200, discount_bp: 2000, price_fen: 49760,
  currency: 'CNY', contents: [], sellable: true, why_not: null, as_of: null,
}
const REASONS = list({ reason_id: 'r1', name: '价格太高', needs_note: false, active: true }, { reason_id: 'r2', name: '其他', needs_note: true, active: true })

test('a pack code may be typed in any case and width', () => {
  expect(normaliseCode(' 7k3-qx')).toBe('7K3QX')
  expect(normaliseCode('７ｋ３ＱＸ')).toBe('7K3QX')
  expect(isCode('7K3QX')).toBe(true)
  expect(isCode('7K3O1')).toBe(false)
})

test('the last refusal stands in front until something is bought (R18)', () => {
  const touch = aTouch({ occurred_at: '2026-03-01T00:00:00Z' })
  expect(lastLost([aTouch({ touch_id: 'older', occurred_at: '2026-02-01T00:00:00Z' }), touch], [])).toEqual(touch)
  expect(lastLost([touch], [anOrder({ paid_at: '2026-03-02T00:00:00Z' })])).toBeNull()
  expect(lastLost([aTouch({ outcome: 'thinking' })], [])).toBeNull()
})

test('contacts and orders are one history, the latest first (R28)', () => {
  const history = salesHistory([aTouch({ occurred_at: '2026-03-01T00:00:00Z' })], [anOrder({ paid_at: '2026-03-02T00:00:00Z' })])
  expect(history.map((event) => (event.order ? 'order' : 'touch'))).toEqual(['order', 'touch'])
})

test('a pack code fills in the pack, and another amount needs a reason (R17, R19)', async () => {
  const stub = stubApi({ 'GET /offers/7K3QX': [200, offer], 'POST /orders': [201, anOrder()] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7k3qx')
  await settled()
  expect(view.get('[data-testid=offer]').text()).toContain('周末礼包')
  const amount = view.get('[data-testid=order-amount]')
  expect((amount.element as HTMLInputElement).value).toBe('497.60')
  await view.get('[data-testid=order-transaction]').setValue('42000017')
  await amount.setValue('480')
  await view.get('[data-testid=order-form]').trigger('submit')
  expect(stub.of('POST /orders')).toHaveLength(0)
  await view.get('[data-testid=order-difference]').setValue('老客优惠')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders')[0]!.body).toMatchObject({
    player_id: PLAYER_ID, pack_code: '7K3QX', pack_revision: 2, price_fen: 49760, method: 'wechat_pay', transaction_id: '42000017', amount_paid_fen: 48000, difference_reason: '老客优惠',
  })
  expect(view.emitted('close')).toHaveLength(1)
})

test.each([
  // Method, amount, whether the form says that a lead confirms, and what the order that was made says.
  ['wechat_pay', '497.60', false, true], ['wechat_pay', '480', true, false], ['wechat_transfer', '497.60', true, false], ['alipay', '500', false, true],
] as const)('a sale that waits for a lead says so before and after it is saved (%s %s)', async (method, amount, waits, verified) => {
  stubApi({ 'GET /offers/7K3QX': [200, offer], 'POST /orders': [201, anOrder({ verified })] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  await view.get('[data-testid=order-method]').setValue(method)
  await view.get('[data-testid=order-amount]').setValue(amount)
  expect(view.find('[data-testid=order-will-wait]').exists()).toBe(waits)
  await view.get('[data-testid=order-transaction]').setValue('42000017')
  if (amount !== '497.60') await view.get('[data-testid=order-difference]').setValue('老客')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  expect(notices.at(-1)!.text).toBe(verified ? '订单 O-000001 已保存。' : '订单 O-000001 已保存，等组长确认收款。')
})

test('who asks to be left alone gets no follow-up, and that only a lead lifts it is said', async () => {
  const stub = stubApi({ 'GET /lost-reasons': [200, REASONS], 'POST /touches': [201, aTouch({ outcome: 'do_not_contact' })] })
  const view = show(TouchForm, { props: { playerId: PLAYER_ID } })
  await settled()
  await view.get('[data-testid=touch-follow-up]').setValue('2099-01-01')
  await view.get('input[value=do_not_contact]').setValue(true)
  expect(view.find('[data-testid=touch-follow-up]').exists()).toBe(false)
  expect(view.text()).toContain('只有组长能解除')
  await view.get('[data-testid=touch-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /touches')[0]!.body).toEqual({ player_id: PLAYER_ID, outcome: 'do_not_contact' })
})

test('a pack that changed meanwhile is shown as it is now, and nothing is sold unseen', async () => {
  const stub = stubApi({ 'GET /offers/7K3QX': [200, offer], 'POST /orders': [409, problem('pack-changed', { offer: { ...offer, revision: 3, price_fen: 50000 } })] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  await view.get('[data-testid=order-transaction]').setValue('42000017')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders')).toHaveLength(1)
  expect(view.get('[data-testid=offer-price]').text()).toBe('¥500.00')
  expect((view.get('[data-testid=order-amount]').element as HTMLInputElement).value).toBe('500')
})

test('with several accounts the agent says which one is meant', async () => {
  stubApi({ 'GET /offers/7K3QX': [200, offer] })
  const account = (profile_id: string) => ({
    profile_id, game_id: 'xiyou', game_name: '西游传说', state: 'ok' as const, game_account_id: profile_id, nickname: profile_id, server: '一区', level: 1, vip_level: 0, synced_at: null, attempted_at: null, error: null,
  })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [account('a'), account('b')] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  expect((view.get('[data-testid=order-profile]').element as HTMLSelectElement).value).toBe('')
  expect(view.get('[data-testid=order-form]').text()).toContain('请选择发放到哪个账号')
})

test('a sale stands once in the history, not as order and touch', () => {
  expect(salesHistory([aTouch({ outcome: 'won', order_id: anOrder().order_id })], [anOrder()])).toHaveLength(1)
})

const Blocked = defineComponent({
  props: { touches: { type: Object as () => List<Touch>, required: true } },
  setup: (props) => {
    const blocked = useContactBlock(PLAYER_ID, ref(props.touches))
    return () => h('p', String(blocked.value))
  },
})
test.each([
  ['the wish is in the history', list(aTouch({ outcome: 'do_not_contact' })), true],
  ['the history goes on further back', { ...list(aTouch()), next_cursor: 'more' }, true],
  ['all of the history is here and has no such wish', list(aTouch()), false],
])('do-not-contact is the service\'s word, asked for when %s (R16)', async (_when, touches, asked) => {
  const stub = stubApi({ [`GET /contact-blocks/${PLAYER_ID}`]: [200, { player_id: PLAYER_ID, in_force: true }] })
  const view = show(Blocked, { props: { touches } })
  await settled()
  expect(view.text()).toBe(String(asked))
  expect(stub.calls).toHaveLength(asked ? 1 : 0)
})

test('a pack that may not be sold cannot be ordered', async () => {
  stubApi({ 'GET /offers/7K3QX': [200, { ...offer, sellable: false, why_not: 'retired' }] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  expect(view.get('[data-testid=offer]').text()).toContain('已下架')
  expect(view.get('[data-testid=order-save]').attributes('disabled')).toBeDefined()
})

test('a pack that was made for another player is said to be his, and cannot be ordered', async () => {
  const stub = stubApi({ 'GET /offers/7K3QX': [200, { ...offer, sellable: false, why_not: 'for_another' }] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  expect(stub.of('GET /offers/7K3QX').map((call) => call.query.get('player_id'))).toEqual([PLAYER_ID])
  expect(view.get('[data-testid=offer]').text()).toContain('另一位玩家')
  expect(view.get('[data-testid=order-save]').attributes('disabled')).toBeDefined()
})

test('an unknown pack code is said to be unknown', async () => {
  stubApi({ 'GET /offers/7K3QX': [404, problem('not-found')] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  expect(view.text()).toContain('没有这个礼包 ID')
})

test('a refusal needs its reason, and some reasons a note (R16, R18)', async () => {
  const stub = stubApi({ 'GET /lost-reasons': [200, REASONS], 'POST /touches': [201, aTouch()] })
  const view = show(TouchForm, { props: { playerId: PLAYER_ID } })
  await settled()
  const save = view.get('[data-testid=touch-save]')
  expect(save.attributes('disabled')).toBeDefined()
  await view.get('[data-testid=touch-reason]').setValue('r2')
  expect(save.attributes('disabled')).toBeDefined()
  await view.get('[data-testid=touch-situation]').setValue('先问家人')
  expect(save.attributes('disabled')).toBeUndefined()
  await view.get('[data-testid=touch-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /touches')[0]!.body).toEqual({ player_id: PLAYER_ID, outcome: 'lost', reason_id: 'r2', situation: '先问家人' })
})

test('thinking needs a day to come back to', async () => {
  stubApi({ 'GET /lost-reasons': [200, REASONS] })
  const view = show(TouchForm, { props: { playerId: PLAYER_ID } })
  await settled()
  await view.get('[data-testid=touch-form] input[value=thinking]').setValue(true)
  expect(view.get('[data-testid=touch-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=touch-follow-up]').setValue('2099-01-01')
  expect(view.get('[data-testid=touch-save]').attributes('disabled')).toBeUndefined()
})

test('an amount that was typed stays when the form is left and opened again (R17)', async () => {
  stubApi({ 'GET /offers/7K3QX': [200, offer] })
  const first = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await first.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  await first.get('[data-testid=order-amount]').setValue('480')
  first.unmount()
  const second = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await settled()
  expect((second.get('[data-testid=order-amount]').element as HTMLInputElement).value).toBe('480')
})

test('without a time of payment it is the time of recording, the same when the answer was lost (R17)', async () => {
  const stub = stubApi({ 'GET /offers/7K3QX': [200, offer], 'POST /orders': (_call, attempt) => (attempt <= 3 ? 'network' : [201, anOrder()]) })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  await view.get('[data-testid=order-transaction]').setValue('42000017')
  vi.setSystemTime('2098-03-01T07:00:20Z')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  vi.setSystemTime('2098-03-01T07:05:00Z')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  vi.useRealTimers()
  const posts = stub.of('POST /orders')
  expect(posts).toHaveLength(4)
  expect(posts.map(({ body }) => (body as { paid_at: string }).paid_at)).toEqual(Array(4).fill('2098-03-01T07:00:00.000Z'))
  expect(new Set(posts.map(({ headers }) => headers.get('Idempotency-Key'))).size).toBe(1)
})

test('the day to come back to is Shanghai\'s', async () => {
  stubApi({ 'GET /lost-reasons': [200, REASONS] })
  vi.setSystemTime('2026-03-01T17:00:00Z')
  const view = show(TouchForm, { props: { playerId: PLAYER_ID } })
  await settled()
  vi.useRealTimers()
  expect(view.get('[data-testid=touch-follow-up]').attributes('min')).toBe('2026-03-02')
})

test('what the page fills in is no draft: looking at a player of a call list leaves nothing', async () => {
  stubApi({ 'GET /campaigns': [200, list({ campaign_id: 'c1', name: '周末促销', running_today: true })], 'GET /lost-reasons': [200, REASONS], 'GET /offers/7K3QX': [200, offer] })
  async function opened(form: typeof TouchForm | typeof OrderForm, address: string) {
    const router = testRouter()
    await router.push(address)
    const view = show(form, { router, props: { playerId: PLAYER_ID, profiles: [] } })
    await settled()
    const chosen = (view.get('[data-testid=campaign]').element as HTMLSelectElement).value
    view.unmount()
    return chosen
  }
  for (const [form, scope] of [[TouchForm, 'touch'], [OrderForm, 'order']] as const) {
    expect([await opened(form, `/?player=${PLAYER_ID}&campaign=c1`), hasDraft(`${PLAYER_ID}:${scope}`)]).toEqual(['c1', false])
    expect(await opened(form, `/?player=${PLAYER_ID}`)).toBe('')
  }
})

test('price and account that are filled in from the pack are no draft of their own', async () => {
  stubApi({ 'GET /offers/7K3QX': [200, offer] })
  const view = show(OrderForm, { props: { playerId: PLAYER_ID, profiles: [] } })
  await view.get('[data-testid=order-pack]').setValue('7K3QX')
  await settled()
  expect((view.get('[data-testid=order-amount]').element as HTMLInputElement).value).toBe('497.60')
  await view.get('[data-testid=order-pack]').setValue('')
  expect(hasDraft(`${PLAYER_ID}:order`)).toBe(false)
})
