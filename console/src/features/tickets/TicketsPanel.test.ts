import { expect, test } from 'vitest'
import { keys, queryClient } from '../../app/query'
import type { List, Ticket } from '../../api/types'
import { notices } from '../../shared/notices'
import { aTicket, list, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import { usePlayerHome } from '../players/usePlayerHome'
import { byUrgency } from './useTickets'
import TicketsPanel from './TicketsPanel.vue'

const Host = {
  components: { TicketsPanel },
  setup: () => ({ id: PLAYER_ID, tickets: usePlayerHome(PLAYER_ID).tickets }),
  template: '<TicketsPanel :player-id="id" :section="tickets" />',
}
const ticket = aTicket()
const path = `/tickets/${ticket.ticket_id}`

async function panel(routes: Parameters<typeof stubApi>[0], tickets: List<Ticket> = list(ticket)) {
  await import('./TicketTimeline.vue')
  const stub = stubApi(routes)
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(tickets))
  const view = show(Host)
  await settled()
  return { stub, view }
}

test('a ticket is recorded from its detail alone, and repeated with the same key until it is answered (R11)', async () => {
  const saved = aTicket({ ticket_id: 'new', number: 'T-000200', detail: '坐骑没了' })
  const { stub, view } = await panel({ 'POST /tickets': (_call, attempt) => (attempt === 1 ? 'network' : [201, saved]) }, list())
  expect(view.text()).toContain('还没有工单')
  await view.get('[data-testid=ticket-detail]').setValue('坐骑没了')
  await view.get('[data-testid=ticket-composer]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  const posts = stub.of('POST /tickets')
  expect(posts).toHaveLength(2)
  expect(posts[0]!.headers.get('Idempotency-Key')).toBe(posts[1]!.headers.get('Idempotency-Key'))
  expect(posts[1]!.body).toEqual({ player_id: PLAYER_ID, detail: '坐骑没了', category: 'other', priority: 'normal' })
  expect(view.findAll('[data-testid=ticket]').map((row) => row.attributes('data-ticket'))).toEqual(['new'])
  expect((view.get('[data-testid=ticket-detail]').element as HTMLTextAreaElement).value).toBe('')
})

test('a ticket that is refused goes away again and its text stays', async () => {
  const { view } = await panel({ 'POST /tickets': [400, problem('validation')] }, list())
  await view.get('[data-testid=ticket-detail]').setValue('坐骑没了')
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  await settled()
  expect(view.find('[data-testid=ticket]').exists()).toBe(false)
  expect((view.get('[data-testid=ticket-detail]').element as HTMLTextAreaElement).value).toBe('坐骑没了')
  expect(view.find('[data-testid=problem]').exists()).toBe(true)
})

test('a category that leads added shows its id (R9)', async () => {
  const { view } = await panel({}, list(aTicket({ category: 'chargeback' }), aTicket({ ticket_id: 'known', category: 'refund' })))
  const rows = view.findAll('[data-testid=ticket]').map((row) => row.text())
  expect(rows.some((text) => text.includes('chargeback'))).toBe(true)
  expect(rows.some((text) => text.includes('退款'))).toBe(true)
})

test('a second open ticket of the same kind is offered the first, and recorded all the same when wanted', async () => {
  const { stub, view } = await panel({
    'POST /tickets': (_call, attempt) => (attempt === 1 ? [409, problem('open-ticket-exists', { existing_ticket_id: ticket.ticket_id })] : [201, aTicket({ ticket_id: 'second' })]),
  })
  await view.get('[data-testid=ticket-detail]').setValue('又没到账')
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  await settled()
  expect(view.find('[data-testid=show-existing-ticket]').exists()).toBe(true)
  await view.get('[data-testid=record-anyway]').trigger('click')
  await settled()
  expect(stub.of('POST /tickets')[1]!.body).toMatchObject({ detail: '又没到账', despite_open_ticket: true })
})

test('a state changes in place, at once (R10)', async () => {
  const { stub, view } = await panel({ [`POST ${path}/transitions`]: [200, { ...ticket, state: 'in_progress', version: 2, revision: 2 }] })
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await Promise.resolve()
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('in_progress')
  const [call] = stub.of(`POST ${path}/transitions`)
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"1"', { to: 'in_progress' }])
})

test.each([['network', '', 'in_progress'], ['stale', '同事刚刚改过', 'in_progress']])('a change of state that is refused for its version (first answer: %s) is one\'s own where that answer was lost', async (first, said, state) => {
  const current = { ...ticket, state: 'in_progress' as const, version: 2, revision: 2 }
  const stale = [412, problem('stale-version', { current })] as [number, object]
  const { view } = await panel({ [`POST ${path}/transitions`]: (_call, attempt) => (attempt === 1 && first === 'network' ? 'network' : stale), 'GET /tickets': [200, list(current)] })
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe(state)
  expect(view.find('[data-testid=problem]').exists() ? view.get('[data-testid=problem]').text() : '').toContain(said)
  expect(view.find('[data-testid=problem]').exists()).toBe(said !== '')
})

test('a refused state change is taken back and explained', async () => {
  const { view } = await panel({ [`POST ${path}/transitions`]: [422, problem('strange-rule')] })
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await settled()
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('pending')
  expect(view.get('[data-testid=problem]').text()).toMatch(/Title of strange-rule.*req-1/s)
})

test('done asks for the solution first (R10)', async () => {
  const { stub, view } = await panel({ [`POST ${path}/transitions`]: [200, { ...ticket, state: 'done', solution: '已补发', version: 2, revision: 2 }] })
  await view.get('[data-testid=state-done]').trigger('click')
  expect(stub.of(`POST ${path}/transitions`)).toHaveLength(0)
  await view.get('[data-testid=solution-text]').setValue('已补发')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  expect(stub.of(`POST ${path}/transitions`)[0]!.body).toEqual({ to: 'done', solution: '已补发' })
  expect(view.get('[data-testid=ticket-solution]').text()).toContain('已补发')
})

test('a colleague\'s solution is shown beside mine, which stays and can be saved (R13)', async () => {
  const theirs = { ...ticket, solution: '同事的', version: 5, revision: 5 }
  const { stub, view } = await panel({
    [`PATCH ${path}`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: theirs })] : [200, { ...theirs, solution: '我的', version: 6, revision: 6 }]),
    'GET /tickets': [200, list(theirs)],
  })
  await view.get('[data-testid=edit-solution]').trigger('click')
  await view.get('[data-testid=solution-text]').setValue('我的')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=conflict-theirs]').text()).toBe('同事的')
  expect(view.get('[data-testid=conflict-mine]').text()).toBe('我的')
  expect((view.get('[data-testid=solution-text]').element as HTMLTextAreaElement).value).toBe('我的')
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  expect(stub.of(`PATCH ${path}`)[1]!.headers.get('If-Match')).toBe('"5"')
  expect(view.get('[data-testid=ticket-solution]').text()).toContain('我的')
})

test('a change elsewhere on the ticket is no conflict for the solution', async () => {
  const moved = { ...ticket, priority: 'high' as const, version: 2, revision: 2 }
  const { stub, view } = await panel({
    [`PATCH ${path}`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: moved })] : [200, { ...moved, solution: '我的', version: 3, revision: 3 }]),
    'GET /tickets': [200, list(moved)],
  })
  await view.get('[data-testid=edit-solution]').trigger('click')
  await view.get('[data-testid=solution-text]').setValue('我的')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH ${path}`)).toHaveLength(2)
  expect(view.find('[data-testid=conflict]').exists()).toBe(false)
})

test('after a reload, too, a colleague\'s solution meanwhile is shown beside mine (R13)', async () => {
  const theirs = { ...ticket, solution: '同事的', version: 5, revision: 5 }
  const before = await panel({})
  await before.view.get('[data-testid=edit-solution]').trigger('click')
  await before.view.get('[data-testid=solution-text]').setValue('我的')
  before.view.unmount()
  const { stub, view } = await panel({ [`PATCH ${path}`]: [412, problem('stale-version', { current: theirs })], 'GET /tickets': [200, list(theirs)] }, list(theirs))
  await view.get('[data-testid=edit-solution]').trigger('click')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH ${path}`)[0]!.headers.get('If-Match')).toBe('"1"')
  expect([view.get('[data-testid=conflict-theirs]').text(), view.get('[data-testid=conflict-mine]').text()]).toEqual(['同事的', '我的'])
})

test('a solution that got through while its answer was lost is in no conflict with itself', async () => {
  const mine = { ...ticket, solution: '我的', version: 2, revision: 2 }
  const { view } = await panel({ [`PATCH ${path}`]: (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current: mine })]), 'GET /tickets': [200, list(mine)] })
  await view.get('[data-testid=edit-solution]').trigger('click')
  await view.get('[data-testid=solution-text]').setValue('我的')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  expect([view.find('[data-testid=conflict]').exists(), view.find('[data-testid=solution-form]').exists()]).toEqual([false, false])
  expect(view.get('[data-testid=ticket-solution]').text()).toContain('我的')
})

test('who closes a ticket before its last change is answered is in no conflict with himself (R13)', async () => {
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => { answer = resolve })
  const taken = { ...ticket, state: 'in_progress' as const, version: 2, revision: 2 }
  const { stub, view } = await panel({
    [`POST ${path}/transitions`]: async (_call, attempt) => {
      if (attempt > 1) return [200, { ...taken, state: 'done', solution: '已补发', version: 3, revision: 3 }]
      await answered
      return [200, taken]
    },
  })
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await settled()
  await view.get('[data-testid=state-done]').trigger('click')
  await view.get('[data-testid=solution-text]').setValue('已补发')
  await view.get('[data-testid=solution-form]').trigger('submit')
  await settled()
  answer()
  await settled()
  expect(stub.of(`POST ${path}/transitions`).map((call) => call.headers.get('If-Match'))).toEqual(['"1"', '"2"'])
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('done')
})

test('a consultation names its department', async () => {
  const entry = { entry_id: 'e1', kind: 'consultation', text: '查一下', department: 'finance', from_state: null, to_state: null, agent_id: 'KF001', happened_at: ticket.asked_at, recorded_at: ticket.asked_at }
  const { stub, view } = await panel({ [`GET ${path}/entries`]: [200, list()], [`POST ${path}/entries`]: [201, entry], 'GET /tickets': [200, list(ticket)] })
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  await view.get('[data-testid=entry-form] input[value=consultation]').setValue(true)
  await view.get('[data-testid=entry-department]').setValue('finance')
  await view.get('[data-testid=entry-text]').setValue('查一下')
  await view.get('[data-testid=entry-form]').trigger('submit')
  await settled()
  expect(stub.of(`POST ${path}/entries`)[0]!.body).toEqual({ kind: 'consultation', text: '查一下', department: 'finance' })
})

test('the ticket that the address names is brought into sight, however old it is', async () => {
  const old = ['a', 'b', 'c', 'd'].map((id) => aTicket({ ticket_id: id, number: `T-${id}`, state: 'done', done_at: ticket.asked_at }))
  const stub = stubApi({ 'GET /tickets': [200, list(aTicket({ ticket_id: 'wanted', number: 'T-old', state: 'done', done_at: '2020-01-01T00:00:00Z' }))] })
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section({ items: old, next_cursor: 'next' }))
  show({ ...Host, template: '<TicketsPanel :player-id="id" :section="tickets" wanted="wanted" />' })
  await settled()
  expect(stub.of('GET /tickets')[0]!.query.get('cursor')).toBe('next')
  expect(document.activeElement?.getAttribute('data-ticket')).toBe('wanted')
})

test('a colleague\'s change of another ticket leaves the focus where the agent types (B12)', async () => {
  stubApi({})
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(list(ticket)))
  const view = show({ ...Host, template: `<TicketsPanel :player-id="id" :section="tickets" wanted="${ticket.ticket_id}" />` })
  await settled()
  const field = view.get('[data-testid=ticket-detail]').element as HTMLElement
  field.focus()
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(list({ ...ticket, version: 2, revision: 2 })))
  await settled()
  expect(document.activeElement).toBe(field)
})

test('a ticket of the third page is brought into sight, each page asked for once', async () => {
  const done = (id: string) => aTicket({ ticket_id: id, number: `T-${id}`, state: 'done', done_at: ticket.asked_at })
  const pages: Record<string, List<Ticket>> = { c1: { items: [done('b')], next_cursor: 'c2' }, c2: list(done('wanted')) }
  const stub = stubApi({ 'GET /tickets': ({ query }) => [200, pages[query.get('cursor')!]] })
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section({ items: [done('a')], next_cursor: 'c1' }))
  show({ ...Host, template: '<TicketsPanel :player-id="id" :section="tickets" wanted="wanted" />' })
  await settled()
  expect(stub.of('GET /tickets').map(({ query }) => query.get('cursor'))).toEqual(['c1', 'c2'])
  expect(document.activeElement?.getAttribute('data-ticket')).toBe('wanted')
})

test('a further page of tickets that cannot be had is said, and asked for again when wanted', async () => {
  const stub = stubApi({ 'GET /tickets': (_call, attempt) => (attempt === 1 ? [500, problem('internal')] : [200, list(aTicket({ ticket_id: 'old', number: 'T-old' }))]) })
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section({ items: [ticket], next_cursor: 'c1' }))
  const view = show(Host)
  await settled()
  await view.get('[data-testid=more-tickets]').trigger('click')
  await settled()
  expect(view.get('[data-testid=tickets]').text()).toContain('后面的暂时读不到。')
  await view.get('[data-testid=more-tickets]').trigger('click')
  await settled()
  expect(stub.of('GET /tickets')).toHaveLength(2)
  expect(view.findAll('[data-testid=ticket]')).toHaveLength(2)
})

test('a ticket that is saved late leaves the focus where the agent types by then (B12)', async () => {
  let release = (): void => undefined
  const answered = new Promise<void>((resolve) => { release = resolve })
  const { view } = await panel({ 'POST /tickets': async () => { await answered; return [201, aTicket({ ticket_id: 'new' })] } }, list())
  await view.get('[data-testid=ticket-detail]').setValue('坐骑没了')
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  const elsewhere = document.body.appendChild(document.createElement('input'))
  elsewhere.focus()
  release()
  await settled()
  expect(document.activeElement).toBe(elsewhere)
})

test('reopening is asked for once, however often the keys are pressed', async () => {
  const done = aTicket({ state: 'done', solution: '已补发', done_at: ticket.asked_at })
  let release = (): void => undefined
  const answered = new Promise<void>((resolve) => { release = resolve })
  const { stub, view } = await panel({ [`POST ${path}/transitions`]: async () => { await answered; return [200, { ...done, state: 'in_progress', version: 2, revision: 2 }] } }, list(done))
  await view.get('[data-testid=state-in_progress]').trigger('click')
  await view.get('[data-testid=reopen-reason]').setValue('又坏了')
  for (let press = 0; press < 2; press++) await view.get('[data-testid=reopen-form]').trigger('submit')
  release()
  await settled()
  expect(stub.of(`POST ${path}/transitions`)).toHaveLength(1)
})

test('open tickets come first, the urgent and the oldest on top', () => {
  const of = (ticket_id: string, change: Partial<Ticket>) => aTicket({ ticket_id, ...change })
  const sorted = [
    of('done', { state: 'done', done_at: '2026-03-05T00:00:00Z' }),
    of('young', { asked_at: '2026-03-03T00:00:00Z' }),
    of('old', { asked_at: '2026-03-02T00:00:00Z' }),
    of('urgent', { asked_at: '2026-03-04T00:00:00Z', priority: 'urgent' }),
  ].sort(byUrgency)
  expect(sorted.map(({ ticket_id }) => ticket_id)).toEqual(['urgent', 'old', 'young', 'done'])
})

test('who acts on a ticket that is still being saved is told so, not ignored', async () => {
  const { stub, view } = await panel({}, list(aTicket({ version: 0 })))
  const { advance, editSolution } = view.getComponent(TicketsPanel).vm as unknown as { advance: () => void; editSolution: () => void }
  advance()
  editSolution()
  await settled()
  expect(notices.map(({ text }) => text)).toEqual(Array(2).fill('工单还在保存，稍等再操作。'))
  expect([stub.calls.filter(({ method }) => method === 'POST').length, view.find('[data-testid=solution-form]').exists()]).toEqual([0, false])
})
