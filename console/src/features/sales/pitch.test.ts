import { expect, test } from 'vitest'
import { loadMessages } from '../../app/i18n'
import { keys, queryClient } from '../../app/query'
import { notices } from '../../shared/notices'
import { hasDraft } from '../../shared/useDraft'
import { AGENT, anOrder, aPitch, aQuote, aTouch, list, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import type { Pitch } from '../../api/types'
import { usePlayerHome } from '../players/usePlayerHome'
import SalesPanel from './SalesPanel.vue'

const Host = {
  components: { SalesPanel },
  setup: () => ({ id: PLAYER_ID, home: usePlayerHome(PLAYER_ID) }),
  template: '<SalesPanel :player-id="id" v-bind="home" :profiles="[]" :owner="$attrs.owner" />',
}
async function panel(pitch: Partial<Pitch>, routes: Parameters<typeof stubApi>[0] = {}, quotes = list<ReturnType<typeof aQuote>>(), owner = 'KF001') {
  await Promise.all([import('./TouchForm.vue'), import('./OrderForm.vue'), import('./QuoteForm.vue'), loadMessages('sales')])
  const stub = stubApi(routes)
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  for (const [name, data] of Object.entries({ pitch: aPitch(pitch), quotes, touches: list(), orders: list() })) {
    queryClient.setQueryData(['players', PLAYER_ID, name], section(data))
  }
  const view = show(Host, { attrs: { owner } })
  await settled()
  return { stub, view }
}
const proposal = {
  proposal_id: 'p1', player_id: PLAYER_ID, owner_agent_id: 'KF001', ticket_id: 't1', ticket_number: 'T-000009', category: 'payment', state: 'open' as const, due_on: null, overdue: false,
  decided_by: null, decided_at: null, dismiss_reason: null, closed_by: null, proposed_at: '2026-03-01T02:00:00Z', version: 3,
}

test('what speaks against a pitch is said in words above the forms (B3, B5)', async () => {
  const { view } = await panel({
    sell_safe: { ok: false, open_tickets: [{ ticket_id: 't1', number: 'T-000009', category: 'payment', since: '2026-03-01T02:00:00Z' }], text_zh: '充值问题还没解决，先别推销。', text_en: 'Not now.' },
    warnings: [{ kind: 'contact_frequency', count: 3, max_touches: 2, days: 7, next_free_on: '2026-03-09' }],
    minor: { band: '8_15', per_order_fen: 5000, per_month_fen: 20000, spent_this_month_fen: 3000, left_this_month_fen: 17000 },
    suggestions: [{ kind: 'price_limit', pack_code: null, text_zh: '拒绝过 2 次高于 ¥300 的礼包', text_en: 'Up to 300', because: { lost: 2 }, sample: 2, small_sample: true }],
  })
  expect(view.get('[data-testid=sell-unsafe]').text()).toContain('先别推销')
  expect(view.get('[data-testid=sell-unsafe] a').attributes('href')).toContain('ticket=t1')
  expect(view.get('[data-testid=pitch-frequency]').text()).toContain('近 7 天已联系 3 次，上限 2 次')
  expect(view.get('[data-testid=pitch-minor]').text()).toContain('¥170.00')
  expect(view.get('[data-testid=pitch-next]').text()).toMatch(/¥300.*依据 2 次/s)
  expect(view.findAll('[data-testid=small-sample]')).toHaveLength(1)
})

test('the next pitch names its basis where there is one, and its days as days are read (B5)', async () => {
  const one = { pack_code: null, text_en: '', because: {}, small_sample: false }
  const { view } = await panel({
    suggestions: [
      { ...one, kind: 'untouched', text_zh: '已经 17 天没有联系（上次是 2019-11-06）', sample: null },
      { ...one, kind: 'usual_amount', text_zh: '近 365 天买过 5 单，平均每单 ¥120', sample: 5 },
    ],
  })
  const [untouched, usual] = view.findAll('[data-testid=pitch-next] li').map((line) => line.text())
  expect(untouched).toBe('已经 17 天没有联系（上次是 2019年11月6日）')
  expect(usual).toContain('依据 5 次')
})

test('a proposal to win him back is taken up on a day, against its version (B3)', async () => {
  const { stub, view } = await panel({ recovery_proposals: [proposal] }, { 'POST /recovery-proposals/p1/take': [200, { ...proposal, state: 'taken' }] })
  await view.get('[data-testid=proposal-day]').setValue('2099-03-05')
  await view.get('[data-testid=proposal]').trigger('submit')
  await settled()
  const [call] = stub.of('POST /recovery-proposals/p1/take')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"3"', { due_on: '2099-03-05' }])
})

test('a quote is withdrawn with a reason, and what failed is said (B2)', async () => {
  const quote = aQuote()
  const { stub, view } = await panel({}, {
    [`POST /quotes/${quote.quote_id}/withdraw`]: (_call, attempt) => (attempt === 1 ? [409, problem('strange-rule')] : [200, { ...quote, state: 'withdrawn' }]),
    'GET /quotes': [200, list(quote)],
  }, list(quote))
  await view.get('[data-testid=quote-withdraw]').trigger('click')
  await view.get('[data-testid=quote-reason]').setValue('玩家不要了')
  await view.get('[data-testid=quote-withdraw-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toContain('strange-rule')
  await view.get('[data-testid=quote-withdraw-form]').trigger('submit')
  await settled()
  expect(stub.of(`POST /quotes/${quote.quote_id}/withdraw`)[1]!.body).toEqual({ reason: '玩家不要了' })
  expect(view.find('[data-testid=quote]').exists()).toBe(false)
})

test('the reason of a withdrawal is a draft, and cancelling throws it away', async () => {
  const first = await panel({}, {}, list(aQuote()))
  await first.view.get('[data-testid=quote-withdraw]').trigger('click')
  await first.view.get('[data-testid=quote-reason]').setValue('玩家不要了')
  first.view.unmount()
  const { view } = await panel({}, {}, list(aQuote()))
  expect((view.get('[data-testid=quote-reason]').element as HTMLInputElement).value).toBe('玩家不要了')
  await view.findAll('[data-testid=quote-withdraw-form] button').at(-1)!.trigger('click')
  expect([view.find('[data-testid=quote-withdraw-form]').exists(), hasDraft(`${PLAYER_ID}:withdraw`)]).toEqual([false, false])
})

test('a quote whose withdrawal got through without its answer is gone, no conflict; its reason is that of the pressing (B2)', async () => {
  const quote = aQuote()
  const current = { ...quote, state: 'withdrawn', withdrawn_by: 'KF001', withdraw_reason: '玩家不要了', version: 2 }
  const { stub, view } = await panel({}, {
    [`POST /quotes/${quote.quote_id}/withdraw`]: (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current })]), 'GET /quotes': [200, list(quote)],
  }, list(quote))
  await view.get('[data-testid=quote-withdraw]').trigger('click')
  await view.get('[data-testid=quote-reason]').setValue('玩家不要了')
  await view.get('[data-testid=quote-withdraw-form]').trigger('submit')
  await view.get('[data-testid=quote-reason]').setValue('改了')
  await settled()
  expect(stub.of(`POST /quotes/${quote.quote_id}/withdraw`).map(({ body }) => body)).toEqual([{ reason: '玩家不要了' }, { reason: '玩家不要了' }])
  expect([view.find('[data-testid=quote]').exists(), notices.map(({ text }) => text).join()]).toEqual([false, expect.stringContaining('Q-000001')])
})

test('a sale from a quote says as well that nothing can be delivered yet', async () => {
  const { pack } = aQuote()
  const { view } = await panel({}, { [`GET /offers/${pack.code}`]: [200, { pack_code: pack.code, accounts: 0 }] }, list(aQuote()))
  await view.get('[data-testid=quote-sell]').trigger('click')
  await settled()
  expect([view.find('[data-testid=no-account]').exists(), view.get('[data-testid=offer-price]').text()]).toEqual([true, '¥497.60'])
})

test('a quote is sold as it was promised: the order names it and nothing else of the pack (B2)', async () => {
  const quote = aQuote()
  const { stub, view } = await panel({}, { 'POST /orders': [201, anOrder()] }, list(quote))
  await view.get('[data-testid=quote-sell]').trigger('click')
  await settled()
  expect(view.get('[data-testid=order-quote]').text()).toContain('Q-000001')
  expect((view.get('[data-testid=order-amount]').element as HTMLInputElement).value).toBe('497.60')
  await view.get('[data-testid=order-transaction]').setValue('42000017')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  const { body } = stub.of('POST /orders')[0]! as { body: Record<string, unknown> }
  expect(body).toMatchObject({ player_id: PLAYER_ID, quote_id: quote.quote_id, amount_paid_fen: 49760 })
  expect(Object.keys(body)).not.toContain('pack_code')
})

test.each([['is open', 'open' as const, 'Q-000001'], ['is open no more', 'withdrawn' as const, '这份报价已不能成交']])('a sale that is taken up again knows its quote, and says when that %s (B2)', async (_now, state, said) => {
  const { pack } = aQuote()
  const routes = { [`GET /offers/${pack.code}`]: [200, { pack_code: pack.code, accounts: 1 }] as [number, object], 'POST /orders': [201, anOrder()] as [number, object] }
  const first = await panel({}, routes, list(aQuote()))
  await first.view.get('[data-testid=quote-sell]').trigger('click')
  await settled()
  expect(hasDraft(`${PLAYER_ID}:order`)).toBe(false)
  await first.view.get('[data-testid=order-transaction]').setValue('42000017')
  first.view.unmount()

  const { stub, view } = await panel({}, routes, list(aQuote({ state })))
  expect(view.get('[data-testid=order-quote]').text()).toContain(said)
  expect((view.get('[data-testid=order-transaction]').element as HTMLInputElement).value).toBe('42000017')
  await view.get('[data-testid=order-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /orders').map(({ body }) => (body as { quote_id: string }).quote_id)).toEqual(state === 'open' ? [aQuote().quote_id] : [])
})

test('a quote is made from a pack id, and a contact names its campaign (B2, R15)', async () => {
  const offer = {
    pack_code: '7K3QX', pack_id: 'p', name: '周末礼包', revision: 2, state: 'active', list_price_fen: 62200, discount_bp: 2000, price_fen: 49760, currency: 'CNY', contents: [], sellable: true, why_not: null, as_of: null,
  }
  const { stub, view } = await panel({}, {
    'GET /offers/7K3QX': [200, offer], 'POST /quotes': [201, { ...aQuote(), minor: null }], 'POST /touches': [201, { ...aTouch(), warnings: [] }],
    'GET /campaigns': [200, list({ campaign_id: 'c1', name: '周末促销', running_today: true })],
  })
  await view.get('[data-testid=new-quote]').trigger('click')
  await settled()
  await view.get('[data-testid=quote-pack]').setValue('7k3qx')
  await settled()
  await view.get('[data-testid=quote-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /quotes')[0]!.body).toEqual({ player_id: PLAYER_ID, pack_code: '7K3QX', pack_revision: 2, price_fen: 49760, valid_minutes: 1440 })
  await view.get('[data-testid=new-touch]').trigger('click')
  await settled()
  await view.get('[data-testid=touch-form] input[value=no_reply]').setValue(true)
  await view.get('[data-testid=touch-form] [data-testid=campaign]').setValue('c1')
  await view.get('[data-testid=touch-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /touches')[0]!.body).toEqual({ player_id: PLAYER_ID, outcome: 'no_reply', campaign_id: 'c1' })
})

test('of a colleague\'s player only what one may do is offered: no proposal, but one\'s own quote is taken back', async () => {
  const { view } = await panel({ recovery_proposals: [{ ...proposal, owner_agent_id: 'KF002' }] }, {}, list(aQuote(), aQuote({ quote_id: 'q2', agent_id: 'KF002' })), 'KF002')
  expect(view.get('[data-testid=proposal]').text()).toContain('T-000009')
  expect(view.find('[data-testid=proposal-take]').exists()).toBe(false)
  expect(view.findAll('[data-testid=quote]').map((row) => row.find('[data-testid=quote-withdraw]').exists())).toEqual([true, false])
})

const blocked = { player_id: PLAYER_ID, in_force: true, touch_id: 'x', blocked_by: 'KF002', blocked_at: '2026-03-01T02:00:00Z', lifted_by: null, lifted_at: null, lift_reason: null }
async function banned(role: 'agent' | 'lead', routes: Parameters<typeof stubApi>[0] = {}) {
  await Promise.all([import('./LiftBlock.vue'), loadMessages('desk')])
  queryClient.setQueryData(keys.contactBlock(PLAYER_ID), blocked)
  const found = await panel({}, { [`GET /contact-blocks/${PLAYER_ID}`]: [200, blocked], ...routes })
  queryClient.setQueryData(['players', PLAYER_ID, 'touches'], section(list(aTouch({ outcome: 'do_not_contact' }))))
  queryClient.setQueryData(keys.session, { agent: { ...AGENT, role, team: '二组' }, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return found
}

test('any lead lifts a wish to be left alone, with a reason (R16)', async () => {
  const { stub, view } = await banned('lead', { [`POST /contact-blocks/${PLAYER_ID}/lift`]: [200, { ...blocked, in_force: false, lifted_by: 'KF001' }] })
  await view.get('[data-testid=lift-block]').trigger('click')
  await settled()
  await view.get('[data-testid=lift-form]').trigger('submit')
  expect(stub.of(`POST /contact-blocks/${PLAYER_ID}/lift`)).toHaveLength(0)
  await view.get('[data-testid=lift-reason]').setValue('玩家主动来问礼包')
  await view.get('[data-testid=lift-form]').trigger('submit')
  await settled()
  const [call] = stub.of(`POST /contact-blocks/${PLAYER_ID}/lift`)
  expect([call!.body, call!.headers.get('Idempotency-Key')]).toEqual([{ reason: '玩家主动来问礼包' }, expect.any(String)])
  expect(view.find('[data-testid=do-not-contact]').exists()).toBe(false)
})

test('an agent is told who lifts it', async () => {
  const { view } = await banned('agent')
  expect(view.find('[data-testid=lift-block]').exists()).toBe(false)
  expect(view.get('[data-testid=do-not-contact]').text()).toContain('要解除请找组长')
})
