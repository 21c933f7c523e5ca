import { beforeAll, expect, test, vi } from 'vitest'
import { aCard, aTicket, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'

const ticket = { ...aTicket({ game_id: null }), attachments: [], children: { open: 2, done: 0 } }
const path = `/tickets/${ticket.ticket_id}`
const child = aTicket({ ticket_id: '019370a0-0000-7000-8000-0000000000ab', number: 'T-000124', parent_ticket_id: ticket.ticket_id })
const entry = {
  entry_id: 'e1', kind: 'note', text: '已联系技术', department: null, consultation_entry_id: null, from_state: null, to_state: null, changes: [], agent_id: 'KF001',
  happened_at: ticket.asked_at, recorded_at: ticket.asked_at, late_recorded: false,
}
const routes = {
  [`GET ${path}`]: [200, ticket], [`GET ${path}/entries`]: [200, list(entry)], 'GET /tickets': [200, list(child)], 'GET /player-cards': [200, { items: [aCard()] }],
} as const
beforeAll(() => Promise.all([import('../features/tickets/TicketTimeline.vue'), import('../features/tickets/TicketPictures.vue'), import('../features/tickets/ReplyTemplates.vue'), import('../features/tickets/TicketTransfer.vue')]))

test('a ticket has a page of its own: its player, its whole timeline, the tickets of its incident', async () => {
  stubApi(routes as never)
  const { view } = await showPage('ticket', path)
  expect(document.title).toContain('T-000123')
  expect(view.get('[data-testid=ticket-text]').text()).toBe('充值没有到账')
  expect(view.get('[data-testid=timeline]').text()).toContain('已联系技术')
  expect(view.get('[data-testid=ticket-player]').text()).toBe('阿龙')
  expect(view.get('[data-testid=ticket-player]').attributes('href')).toContain(`player=${PLAYER_ID}`)
  expect(view.get('[data-testid=child]').text()).toContain('T-000124')
  expect(view.get('[data-testid=incident]').text()).toContain('2 个未完成，0 个已完成')
})

test('a state changes on its own page too, in the answer\'s version', async () => {
  const stub = stubApi({ ...routes, [`POST ${path}/transitions`]: [200, { ...ticket, state: 'in_progress', version: 2, revision: 2 }] } as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await settled()
  expect(stub.of(`POST ${path}/transitions`)[0]!.body).toEqual({ to: 'in_progress' })
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('in_progress')
})

test('a state shows at once on its own page, and is taken back when it is refused', async () => {
  let answer: (found: [number, unknown]) => void = () => undefined
  stubApi({ ...routes, [`POST ${path}/transitions`]: () => new Promise((resolve) => (answer = resolve)) } as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('in_progress')
  answer([409, problem('transition-not-allowed')])
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('pending')
  expect(view.get('[data-testid=problem]').text()).toContain('现在的状态不能这样变更')
})

test('a ticket whose player was erased takes nothing more', async () => {
  const erased = { ...ticket, detail: '', solution: '', state: 'done' }
  stubApi({ ...routes, [`GET ${path}`]: [200, erased], [`GET ${path}/entries`]: [200, list({ ...entry, kind: 'erased', text: null })] } as never)
  const { view } = await showPage('ticket', path)
  expect(view.get('[data-testid=ticket-erased]').text()).toContain('应玩家要求删除')
  for (const part of ['entry-form', 'edit-solution', 'edit-ticket', 'pictures', 'incident']) expect([part, view.find(`[data-testid=${part}]`).exists()]).toEqual([part, false])
})

test('an unknown ticket is said to be unknown', async () => {
  stubApi({ [`GET ${path}`]: [404, problem('not-found')] })
  const { view } = await showPage('ticket', path)
  expect(view.get('[data-testid=ticket-missing]').text()).toContain('没有这个工单')
})

test('from a ticket of an incident to another the page shows the other', async () => {
  stubApi({ ...routes, [`GET /tickets/${child.ticket_id}`]: [200, child], [`GET /tickets/${child.ticket_id}/entries`]: [200, list()] } as never)
  const { view, router } = await showPage('ticket', path)
  await router.push(`/tickets/${child.ticket_id}`)
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-ticket')).toBe(child.ticket_id)
  expect(view.find('[data-testid=incident]').exists()).toBe(false)
  expect(view.find('[data-testid=ticket-parent]').exists()).toBe(true)
})

test('tickets are put under an incident by their numbers, and a number that is none is named (R11)', async () => {
  const stub = stubApi({
    ...routes, 'GET /tickets': ({ query }: { query: URLSearchParams }) => [200, query.get('number') === 'T-999' ? list() : list(child)], [`POST ${path}/children`]: [200, { ...ticket, version: 2, revision: 2 }],
  } as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=child-numbers]').setValue('T-124 T-999')
  await view.get('[data-testid=child-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=child-form]').text()).toContain('没有找到 T-999')
  expect(stub.of(`POST ${path}/children`)).toHaveLength(0)
  await view.get('[data-testid=child-numbers]').setValue('T-124')
  await view.get('[data-testid=child-form]').trigger('submit')
  await settled()
  expect(stub.of(`POST ${path}/children`)[0]!.body).toEqual({ ticket_ids: [child.ticket_id] })
})

test('one answer goes to all tickets of an incident, with its progress and what failed (R11)', async () => {
  const answer = {
    answer_id: 'a1', ticket_id: ticket.ticket_id, text: '已修复', replied_at: null, close: true, solution: null, total: 3, done: 1, failed: 0, failed_ticket_ids: [], state: 'running', requested_by: 'KF001',
    created_at: ticket.asked_at, finished_at: null,
  }
  let now: object = answer
  const stub = stubApi({ ...routes, [`POST ${path}/incident-answers`]: [202, answer], 'GET /incident-answers/a1': () => [200, now] } as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=answer-text]').setValue('已修复')
  await view.get('[data-testid=answer-told]').setValue(false)
  await view.get('[data-testid=answer-close]').setValue(true)
  await view.get('[data-testid=incident-answer]').trigger('submit')
  await settled()
  expect(stub.of(`POST ${path}/incident-answers`)[0]!.body).toEqual({ text: '已修复', close: true })
  expect(view.get('[data-testid=answer-progress]').text()).toContain('已处理 1 / 3')
  now = { ...answer, done: 3, failed: 1, failed_ticket_ids: [child.ticket_id], state: 'done' }
  await vi.waitFor(() => expect(view.get('[data-testid=answer-progress]').attributes('data-state')).toBe('done'), { timeout: 5_000 })
  expect(view.get('[data-testid=answer-progress]').text()).toContain('1 个没有成功')
})

test('an answer whose outcome is not known is sent again as it was: no child gets it twice (R11)', async () => {
  const stub = stubApi({ ...routes, [`POST ${path}/incident-answers`]: 'network' } as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=answer-text]').setValue('已修复')
  vi.setSystemTime('2098-03-01T07:00:20Z')
  await view.get('[data-testid=incident-answer]').trigger('submit')
  await settled()
  vi.setSystemTime('2098-03-01T07:05:00Z')
  await view.get('[data-testid=incident-answer]').trigger('submit')
  await settled()
  vi.useRealTimers()
  const posts = stub.of(`POST ${path}/incident-answers`)
  expect(posts).toHaveLength(6)
  expect(new Set(posts.map(({ headers }) => headers.get('Idempotency-Key'))).size).toBe(1)
  expect(posts.at(-1)!.body).toMatchObject({ replied_at: '2098-03-01T07:00:20.000Z' })
})

test('an answer to an incident that is no longer there is not asked for again', async () => {
  const scope = `gamedesk:draft:${ticket.ticket_id}:incident-answer:running`
  sessionStorage.setItem(scope, '{"id":"gone"}')
  stubApi(routes as never)
  await showPage('ticket', path)
  expect(sessionStorage.getItem(scope)).toBeNull()
})

test('what is no ticket number is named, and nothing is left out in silence (R11)', async () => {
  const stub = stubApi(routes as never)
  const { view } = await showPage('ticket', path)
  await view.get('[data-testid=child-numbers]').setValue('T-124 退款单')
  await view.get('[data-testid=child-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=child-form]').text()).toContain('没有找到 退款单')
  await view.get('[data-testid=child-numbers]').setValue(Array.from({ length: 51 }, (_, n) => `T-${n}`).join(' '))
  await view.get('[data-testid=child-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=child-form]').text()).toContain('一次最多 50 个')
  expect(stub.calls.filter(({ query }) => query.has('number'))).toHaveLength(0)
})
