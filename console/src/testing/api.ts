import { VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount, type ComponentMountingOptions, type VueWrapper } from '@vue/test-utils'
import { vi } from 'vitest'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n, loadMessages } from '../app/i18n'
import { PAGES } from '../app/pages'
import { keys, queryClient } from '../app/query'
import { NO_CLOCK } from '../features/tickets/useTickets'
import type { Agent, Card, Order, Pitch, Player, Quote, Section, Ticket, Touch } from '../api/types'

export interface Call { method: string; path: string; query: URLSearchParams; headers: Headers; body: unknown }
type Answer = [status: number, body?: unknown] | 'network'
type Handler = Answer | ((call: Call, attempt: number) => Answer | Promise<Answer>)

/** Answers fetch at the page's border. Routes are "METHOD /path"; what is not listed is 404. */
export function stubApi(routes: Record<string, Handler>) {
  const calls: Call[] = []
  const attempts = new Map<string, number>()
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    const name = `${request.method} ${url.pathname.replace(/^\/api/, '')}`
    const text = await request.text()
    const call: Call = {
      method: request.method, path: url.pathname.replace(/^\/api/, ''), query: url.searchParams,
      headers: request.headers, body: text ? JSON.parse(text) : undefined,
    }
    calls.push(call)
    const attempt = (attempts.get(name) ?? 0) + 1
    attempts.set(name, attempt)
    const handler = routes[name] ?? [404, problem('not-found')]
    const answer = typeof handler === 'function' ? await handler(call, attempt) : handler
    if (answer === 'network') throw new TypeError('Failed to fetch')
    const [status, body] = answer
    const wait = (body as { retry_after?: number } | undefined)?.retry_after
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status, headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...(wait !== undefined && { 'Retry-After': String(wait) }) },
    })
  })
  return { calls, of: (name: string) => calls.filter((call) => `${call.method} ${call.path}` === name) }
}

export const problem = (slug: string, extra: object = {}) => ({
  type: `urn:gamedesk:problem:${slug}`, title: `Title of ${slug}`, request_id: 'req-1', ...extra,
})

export function testRouter() {
  return createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'home', component: { template: '<div />' } },
      { path: '/sign-in', name: 'sign-in', component: { template: '<div />' } },
      ...PAGES.map(({ name, path, section }) => ({ name, path, meta: { section }, component: { template: '<div />' } })),
    ],
  })
}

/** Mounts a component as the page does, signed in as KF001. */
export function show<T extends Component>(component: T, options: ComponentMountingOptions<T> & { router?: ReturnType<typeof testRouter> } = {}) {
  queryClient.setQueryData(keys.session, { agent: AGENT, expires_at: '2099-01-01T00:00:00Z' })
  const { router = testRouter(), ...rest } = options
  const view = mount(component as Component, {
    attachTo: document.body,
    ...(rest as object),
    global: { plugins: [i18n, router, [VueQueryPlugin, { queryClient }]] },
  })
  shown.push(view)
  return view
}
/** Mounts a page of `app/pages.ts` as its route does, at an address. */
export async function showPage(name: string, address: string) {
  const page = PAGES.find((one) => one.name === name)!
  const [{ default: component }] = await Promise.all([page.load(), loadMessages(...page.topics)])
  const router = testRouter()
  await router.push(address)
  const view = show(component, { router })
  await settled()
  return { view, router }
}
const shown: VueWrapper[] = []
export const unmountAll = () => shown.splice(0).forEach((view) => view.unmount())

/** Lets queries, mutations and their repetitions run until the page is quiet. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

const AT = '2026-03-01T02:00:00Z'
export const AGENT: Agent = { agent_id: 'KF001', name: '林小雨', role: 'agent', team: '一组', wechat_id: 'desk_kf001', wechat_name: '客服小雨', active: true, version: 1, created_at: AT, updated_at: AT }
export const PLAYER_ID = '019370a0-0000-7000-8000-000000000001'

export function aPlayer(change: Partial<Player> = {}): Player {
  return {
    player_id: PLAYER_ID, wechat_id: 'wx_dragon1', wechat_name: '阿龙', phone: '138****1234', masked: false, owner_agent_id: 'KF001',
    tier: 'big', minor_band: 'none', tags: [], game_names: ['西游传说 · 一区 · 悟空'], version: 1, phones: [{ phone: '+8613800001234', primary: true }],
    wechat_aliases: [], note: '', owner: AGENT, profiles: [], merged_into: null, merged_from: [], redirected_from: null, erased: false, match: null, created_at: AT, updated_at: AT, ...change,
  }
}
export const aCard = (change: Partial<Card> = {}): Card => aPlayer(change as Partial<Player>)
export function aTicket(change: Partial<Ticket> = {}): Ticket {
  const at = '2026-03-01T02:00:00Z'
  return {
    ticket_id: '019370a0-0000-7000-8000-0000000000aa', number: 'T-000123', player_id: PLAYER_ID, state: 'pending', title: null,
    detail: '充值没有到账', solution: null, category: 'payment', priority: 'normal', waiting_on: 'none', assignee_agent_id: null, responsible_agent_id: 'KF001',
    created_by: 'KF001', asked_at: at, first_replied_at: null, done_at: null, created_at: at, updated_at: at, version: 1, revision: 1,
    reopens_ticket_id: null, parent_ticket_id: null, form: {}, game_id: null, profile_id: null, server: null, asked_late: false, cycle: 1, clock: NO_CLOCK, ...change,
  }
}
export function aTouch(change: Partial<Touch> = {}): Touch {
  const at = '2026-03-01T02:00:00Z'
  return {
    touch_id: '019370a0-0000-7000-8000-0000000000bb', player_id: PLAYER_ID, agent_id: 'KF001', outcome: 'lost', reason_id: 'r1', reason: '价格太高',
    situation: '觉得贵', player_state: '', order_id: null, pack_code: null, offered_price_fen: null, campaign_id: null, quote_id: null, follow_up_on: null, occurred_at: at, recorded_at: at, ...change,
  }
}
export function anOrder(change: Partial<Order> = {}): Order {
  return {
    order_id: '019370a0-0000-7000-8000-0000000000cc', number: 'O-000001', player_id: PLAYER_ID, seller_agent_id: 'KF001', profile: null,
    pack: { pack_id: 'p', code: '7K3QX', name: '周末礼包', revision: 2, version: 2, discount_bp: 2000, list_price_fen: 62200, contents: [] },
    amount_due_fen: 49760, amount_paid_fen: 49760, currency: 'CNY', difference_reason: null, method: 'wechat_pay', transaction_id: 'tx',
    paid_at: '2026-03-02T02:00:00Z', state: 'paid', verified: false, verified_by: null, verified_at: null, cancelled_by: null, cancelled_at: null, cancel_reason: null,
    payment_rejected: false, quote_id: null, campaign_id: null, stand_in: false, refunded_fen: 0, delivery: {
      state: 'waiting', account: null, attempts: 0, last_reason: null, next_attempt_at: null, queued_at: null, delivered_at: null, overdue: false,
      overdue_since: null,
    },
    created_at: '2026-03-02T02:00:00Z', updated_at: '2026-03-02T02:00:00Z', version: 1, ...change,
  }
}
export function aPitch(change: Partial<Pitch> = {}): Pitch {
  return {
    player_id: PLAYER_ID, as_of: AT, contactable: true, sell_safe: { ok: true, open_tickets: [], text_zh: '', text_en: '' }, do_not_contact: { in_force: false, since: null },
    warnings: [], minor: null, last_touch: null, follow_up: null, recovery_proposals: [], tier: 'big', suggested_tier: 'big', suggestions: [],
    figures: {
      window_days: 365, contacts: 0, answered: 0, outcomes: {}, days_untouched: null, orders: 0, spent_365_days_fen: 0, spent_90_days_fen: 0, average_order_fen: null,
      prices: [], day_kinds: [], packs: [], campaigns: [], reasons: [], last_sale: null,
    }, ...change,
  }
}
export function aQuote(change: Partial<Quote> = {}): Quote {
  return {
    quote_id: '019370a0-0000-7000-8000-0000000000dd', number: 'Q-000001', player_id: PLAYER_ID, agent_id: 'KF001', stand_in: false, profile_id: null, pack: anOrder().pack,
    amount_fen: 49760, currency: 'CNY', campaign_id: null, note: '', expires_at: '2099-01-01T00:00:00Z', state: 'open', order_id: null, extended_by: null, extended_at: null,
    extend_reason: null, withdrawn_by: null, withdrawn_at: null, withdraw_reason: null, created_at: AT, updated_at: AT, version: 1, ...change,
  }
}
export const list = <T>(...items: T[]) => ({ items, next_cursor: null })
export const section = <T>(data: T): Section<T> => ({ status: 'ok', as_of: '2026-03-01T02:00:00Z', data, problem: null })
export const missing: Section<never> = {
  status: 'unavailable', as_of: null, data: null, problem: { type: 'urn:gamedesk:problem:unavailable', title: 'x', status: 503 },
}
