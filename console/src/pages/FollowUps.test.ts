import { expect, test } from 'vitest'
import { notices, undoLast } from '../shared/notices'
import { daysFrom, today } from '../features/sales/lists'
import type { FollowUp, Proposal } from '../features/sales/types'
import { aCard, AGENT, aTouch, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'

const aFollowUp = (change: Partial<FollowUp> = {}): FollowUp => ({
  ...aTouch({ touch_id: 'f1', outcome: 'thinking', reason: null, situation: '周末再看', follow_up_on: today() }), owner_agent_id: 'KF001', overdue: false, done: false,
  promised_on: today(), postponed_times: 0, postponed_by: null, postponed_at: null, postpone_reason: null, version: 3, ...change,
})
const aProposal = (change: Partial<Proposal> = {}): Proposal => ({
  proposal_id: 'r1', player_id: PLAYER_ID, owner_agent_id: 'KF001', ticket_id: 't9', ticket_number: 'T-000009', category: 'payment', state: 'open', due_on: null,
  overdue: false, decided_by: null, decided_at: null, dismiss_reason: null, closed_by: null, proposed_at: '2026-03-01T02:00:00Z', version: 1, ...change,
})
const routes = {
  'GET /follow-ups': [200, list(aFollowUp(), aFollowUp({ touch_id: 'f2', owner_agent_id: 'KF002', follow_up_on: '2026-01-01', overdue: true }))] as [number, unknown],
  'GET /recovery-proposals': [200, list(aProposal())] as [number, unknown], 'GET /player-cards': [200, list(aCard())] as [number, unknown],
  'GET /agents': [200, list(AGENT, { ...AGENT, agent_id: 'KF002', name: '张三' })] as [number, unknown], 'GET /ticket-categories': [200, { items: [] }] as [number, unknown],
  'GET /stand-ins': [200, list()] as [number, unknown],
}
async function page(address: string, more: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({ ...routes, ...more })
  return { stub, ...(await showPage('follow-ups', address)) }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('follow-ups are asked for by agent, team, day, overdue and done (R18)', async () => {
  const { stub } = await page('/sales/follow-ups?agent=KF001&team=一组&due_from=2026-03-01&due_to=2026-03-31&overdue=true&done=true')
  expect(Object.fromEntries(stub.of('GET /follow-ups')[0]!.query)).toEqual({
    agent: 'KF001', team: '一组', due_from: '2026-03-01', due_to: '2026-03-31', overdue: 'true', done: 'true', limit: '50',
  })
  expect(stub.of('GET /recovery-proposals')).toHaveLength(0)
})

test('what is due today stays so in the address, and is asked for by the day it is (R18)', async () => {
  const { view, stub, router } = await page('/sales/follow-ups')
  await view.get('[data-testid=view-mine]').trigger('click')
  await settled()
  expect(router.currentRoute.value.query).toEqual({ agent: 'KF001', due_to: 'today' })
  expect(stub.of('GET /follow-ups').at(-1)!.query.get('due_to')).toBe(today())
  expect(view.get<HTMLInputElement>('[data-testid=filter-due_to]').element.value).toBe(today())
})

test('a row says whom to contact, when and why, and leads to the player (R18)', async () => {
  const { view } = await page('/sales/follow-ups')
  const [mine, theirs] = view.findAll('[data-testid=row]')
  expect(mine!.text()).toMatch(/大R.*阿龙.*今天.*考虑中.*周末再看.*林小雨/)
  expect(mine!.get('a').attributes('href')).toBe(`/?player=${PLAYER_ID}`)
  expect(theirs!.text()).toContain('逾期')
  expect([mine!.find('[data-testid=postpone]').exists(), theirs!.find('[data-testid=postpone]').exists()]).toEqual([true, false])
})

test('who stands in for the owner may put off as well', async () => {
  const { view } = await page('/sales/follow-ups', { 'GET /stand-ins': [200, list({ stand_in_id: 's', owner_agent_id: 'KF002', stand_in_agent_id: 'KF001', in_force: true })] })
  expect(view.findAll('[data-testid=postpone]')).toHaveLength(2)
})

test('a follow-up is put off by keys alone, and back again (R18)', async () => {
  const to = daysFrom(today(), 3)
  const { view, stub } = await page('/sales/follow-ups', {
    'POST /follow-ups/f1/postpone': (_call, attempt) => [200, aFollowUp({ follow_up_on: attempt === 1 ? to : today(), version: 3 + attempt, postponed_times: attempt })],
  })
  press('j')
  await settled()
  press('p')
  await settled()
  expect(document.activeElement?.getAttribute('data-testid')).toBe('day-form-day')
  await view.get('[data-testid=day-form-3]').trigger('click')
  await view.get('[data-testid=day-form-reason]').setValue('出差')
  await view.get('[data-testid=day-form]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  const [call] = stub.of('POST /follow-ups/f1/postpone')
  expect([call!.headers.get('If-Match'), call!.body]).toEqual(['"3"', { due_on: to, reason: '出差' }])
  expect(texts()[0]).toMatch(/^跟进已推迟到/)
  expect(view.find('[data-testid=day-form]').exists()).toBe(false)
  expect(document.activeElement?.closest('[data-key]')?.getAttribute('data-key')).toBe('f1')

  undoLast()
  await settled()
  const back = stub.of('POST /follow-ups/f1/postpone')[1]!
  expect([back.headers.get('If-Match'), back.body]).toEqual(['"4"', { due_on: today() }])
})

test('what cannot go back to its day offers no undo', async () => {
  const { view } = await page('/sales/follow-ups', {
    'GET /follow-ups': [200, list(aFollowUp({ follow_up_on: '2026-01-01', overdue: true }))], 'POST /follow-ups/f1/postpone': [200, aFollowUp({ version: 4 })],
  })
  await view.get('[data-testid=postpone]').trigger('click')
  await settled()
  await view.get('[data-testid=day-form]').trigger('submit')
  await settled()
  expect(notices.map(({ undo }) => undo === undefined)).toEqual([true])
})

test('somebody was faster: the row shows his day, mine stays in the form and may be sent again (412)', async () => {
  const { view, stub } = await page('/sales/follow-ups', {
    'POST /follow-ups/f1/postpone': (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: aFollowUp({ follow_up_on: '2030-05-01', version: 7, postponed_times: 1 }) })] : [200, aFollowUp({ version: 8 })]),
  })
  await view.get('[data-testid=postpone]').trigger('click')
  await settled()
  await view.get('[data-testid=day-form-reason]').setValue('玩家出差')
  await view.get('[data-testid=day-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toContain('同事刚刚改过')
  expect(view.get('[data-testid=row]').text()).toContain('5月1日')
  expect(view.get<HTMLInputElement>('[data-testid=day-form-reason]').element.value).toBe('玩家出差')
  await view.get('[data-testid=day-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /follow-ups/f1/postpone')[1]!.headers.get('If-Match')).toBe('"7"')
})

test('a proposal is taken for a day or dismissed (B3)', async () => {
  const { view, stub } = await page('/sales/follow-ups?view=proposals&state=open', {
    'POST /recovery-proposals/r1/take': [200, aProposal({ state: 'taken', due_on: daysFrom(today(), 1), version: 2 })],
    'POST /recovery-proposals/r1/dismiss': [200, aProposal({ state: 'dismissed', version: 3 })],
  })
  expect(Object.fromEntries(stub.of('GET /recovery-proposals')[0]!.query)).toEqual({ state: 'open', limit: '50' })
  expect(view.get('[data-testid=row]').text()).toMatch(/阿龙.*工单已解决.*T-000009.*待决定/)
  press('j')
  await settled()
  press('t')
  await settled()
  await view.get('[data-testid=day-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /recovery-proposals/r1/take')[0]!.body).toEqual({ due_on: daysFrom(today(), 1) })
  press('d')
  await settled()
  await view.get('[data-testid=dismiss-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /recovery-proposals/r1/dismiss')[0]!.body).toEqual({})
})

test('a day narrows what is taken alone (B3)', async () => {
  const open = await page('/sales/follow-ups?view=proposals&due_to=2026-03-09')
  expect(open.stub.of('GET /recovery-proposals')[0]!.query.has('due_to')).toBe(false)
  open.view.unmount()
  const { stub } = await page('/sales/follow-ups?view=proposals&state=taken&due_to=2026-03-09')
  expect(stub.of('GET /recovery-proposals')[0]!.query.get('due_to')).toBe('2026-03-09')
})

test('nothing to follow up: it says how one comes up, and offers to clear the filters', async () => {
  const { view, router } = await page('/sales/follow-ups?overdue=true', { 'GET /follow-ups': [200, list()] })
  expect(view.get('[data-testid=list-empty]').text()).toContain('考虑中')
  await view.get('[data-testid=list-empty] button').trigger('click')
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/sales/follow-ups')
})

/** An answer that the test lets go. */
function held() {
  let release = (): void => undefined
  const answered = new Promise<void>((resolve) => { release = resolve })
  return { answered, release: () => { release(); return settled() } }
}

test('an answer to one row leaves the form of another as it is, and the focus where somebody types', async () => {
  const { answered, release } = held()
  const { view } = await page('/sales/follow-ups', {
    'GET /follow-ups': [200, list(aFollowUp(), aFollowUp({ touch_id: 'f3', situation: '另一个' }))],
    'POST /follow-ups/f1/postpone': async () => { await answered; return [200, aFollowUp({ follow_up_on: daysFrom(today(), 1), version: 4 })] },
  })
  const [first, second] = view.findAll('[data-testid=postpone]')
  await first!.trigger('click')
  await settled()
  await view.get('[data-testid=day-form]').trigger('submit')
  await second!.trigger('click')
  await settled()
  await view.get('[data-testid=day-form-reason]').setValue('出差')
  const field = view.get<HTMLInputElement>('[data-testid=day-form-reason]').element
  field.focus()
  await release()
  expect([view.get<HTMLInputElement>('[data-testid=day-form-reason]').element.value, document.activeElement === field]).toEqual(['出差', true])
})

test('what went wrong with one row is said although the form of another is open', async () => {
  const { answered, release } = held()
  const { view } = await page('/sales/follow-ups', {
    'GET /follow-ups': [200, list(aFollowUp(), aFollowUp({ touch_id: 'f3' }))],
    'POST /follow-ups/f1/postpone': async () => { await answered; return [409, problem('follow-up-done')] },
  })
  const [first, second] = view.findAll('[data-testid=postpone]')
  await first!.trigger('click')
  await settled()
  await view.get('[data-testid=day-form]').trigger('submit')
  await second!.trigger('click')
  await release()
  expect(texts()).toHaveLength(1)
  expect(view.get('[data-testid=day-form]').find('[data-testid=problem]').exists()).toBe(false)
})

test('the reason for one proposal is not sent for another (B3)', async () => {
  const { view } = await page('/sales/follow-ups?view=proposals', { 'GET /recovery-proposals': [200, list(aProposal(), aProposal({ proposal_id: 'r2' }))] })
  const [first, second] = view.findAll('[data-testid=dismiss]')
  await first!.trigger('click')
  await settled()
  await view.get('[data-testid=dismiss-form-reason]').setValue('已经退款')
  await second!.trigger('click')
  await settled()
  expect(view.get<HTMLInputElement>('[data-testid=dismiss-form-reason]').element.value).toBe('')
})
