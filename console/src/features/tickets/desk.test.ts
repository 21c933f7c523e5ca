import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whenSignedOut } from '../../api/client'
import { loadMessages } from '../../app/i18n'
import { keys, queryClient } from '../../app/query'
import { notices, undo } from '../../shared/notices'
import { aPlayer, aTicket, list, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import { signedInAs } from '../../testing/packs'
import { usePlayerHome } from '../players/usePlayerHome'
import TicketsPanel from './TicketsPanel.vue'
import { giveUp, uploads, waitingPictures } from './uploads'

const Host = {
  components: { TicketsPanel },
  setup: () => ({ id: PLAYER_ID, tickets: usePlayerHome(PLAYER_ID).tickets }),
  template: '<TicketsPanel :player-id="id" :section="tickets" />',
}
const ticket = aTicket()
const path = `/tickets/${ticket.ticket_id}`
const CATEGORIES = list(
  { category_id: 'other', name_zh: '其他', name_en: 'Other', active: true, default_priority: 'normal', form: [] },
  { category_id: 'payment', name_zh: '充值', name_en: 'Payment', active: true, default_priority: 'high', form: [
    { key: 'order_no', label_zh: '订单号', label_en: 'Order', kind: 'text', required: true },
    { key: 'amount', label_zh: '金额', label_en: 'Amount', kind: 'number' },
    { key: 'first', label_zh: '首充', label_en: 'First', kind: 'yes_no' },
  ] },
)
async function panel(routes: Parameters<typeof stubApi>[0], tickets = list(ticket)) {
  await Promise.all([import('./TicketTimeline.vue'), import('./TicketPictures.vue'), import('./ReplyTemplates.vue'), import('./TicketEdit.vue'), import('./TicketTransfer.vue'), loadMessages('desk')])
  const stub = stubApi({ 'GET /ticket-categories': [200, CATEGORIES], [`GET ${path}/entries`]: [200, list()], ...routes })
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID)
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(tickets))
  const view = show(Host)
  await settled()
  return { stub, view }
}

/** What the browser sends of a picture; the answer is given by the test. */
class Request {
  static sent: Request[] = []
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  headers: Record<string, string> = {}
  status = 0
  responseText = ''
  url = ''
  wait: string | null = null
  onload = () => undefined
  onerror = () => undefined
  onabort = () => undefined
  timeout = 0
  getResponseHeader(name: string) { return name === 'Retry-After' ? this.wait : null }
  abort() { this.onabort() }
  open(_method: string, url: string) { this.url = url }
  setRequestHeader(name: string, value: string) { this.headers[name] = value }
  send() { Request.sent.push(this) }
  answer(status: number, body: object = {}) {
    this.status = status
    this.responseText = JSON.stringify(body)
    this.onload()
  }
}
afterEach(() => { for (const one of [...uploads]) giveUp(one) })
beforeEach(() => {
  waitingPictures(() => `KF001:${PLAYER_ID}`).value = []
  Request.sent = []
  vi.stubGlobal('XMLHttpRequest', Request)
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('no pictures here')))
})
const png = () => new File(['x'], '截图.png', { type: 'image/png' })
const clipboard = (...files: File[]) => ({ clipboardData: { files } })

test('a category asks what leads configured, and what it needs must be answered (R9)', async () => {
  const { stub, view } = await panel({ 'POST /tickets': [201, aTicket({ ticket_id: 'new' })] }, list())
  await view.get('[data-testid=ticket-detail]').setValue('充值没到')
  await view.get('[data-testid=ticket-category]').setValue('payment')
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  expect(stub.of('POST /tickets')).toHaveLength(0)
  expect(view.get('[data-testid=ticket-composer]').text()).toContain('请填写：订单号')
  await view.get('[data-testid=form-order_no]').setValue('A-1')
  await view.get('[data-testid=form-amount]').setValue('648')
  await view.get('[data-testid=form-first]').setValue('no')
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  await settled()
  expect(stub.of('POST /tickets')[0]!.body).toMatchObject({ category: 'payment', priority: 'high', form: { order_no: 'A-1', amount: 648, first: false } })
})

test('a change of state can be taken back, with who had it (R10)', async () => {
  const before = aTicket({ state: 'in_progress', assignee_agent_id: 'KF009', solution: '已补发' })
  const answers = [{ ...before, state: 'done', version: 2, revision: 2 }, { ...before, version: 3, revision: 3 }]
  const { stub, view } = await panel({ [`POST ${path}/transitions`]: (_call, attempt) => [200, answers[attempt - 1]] }, list(before))
  await view.get('[data-testid=state-done]').trigger('click')
  await settled()
  expect(notices.at(-1)!.text).toBe('T-000123 已转为完成。')
  await undo(notices.at(-1)!.id)
  await settled()
  const [, back] = stub.of(`POST ${path}/transitions`)
  expect([back!.headers.get('If-Match'), back!.body]).toEqual(['"2"', { to: 'in_progress', reason: '撤销刚才的操作' }])
  expect(view.get('[data-testid=ticket]').attributes('data-state')).toBe('in_progress')
})

test('a screenshot pasted into a ticket is sent with its progress, and what is refused says why (R9)', async () => {
  const kept = { attachment_id: 'a1', ticket_id: ticket.ticket_id, purpose: 'problem', name: '截图.png', media_type: 'image/png', bytes: 1, width: 1, height: 1, uploaded_by: 'KF001', uploaded_at: ticket.asked_at }
  let pictures: object[] = []
  const { view } = await panel({ [`GET ${path}`]: () => [200, { ...ticket, attachments: pictures }] })
  await view.get('[data-testid=ticket]').trigger('paste', clipboard(png()))
  await settled()
  const [sent] = Request.sent
  expect(sent!.url).toBe(`/api${path}/attachments?purpose=problem&name=${encodeURIComponent('截图.png')}`)
  expect([sent!.headers['Content-Type'], sent!.headers['Idempotency-Key']?.length]).toEqual(['image/png', 32])
  sent!.upload.onprogress!({ loaded: 1, total: 4 })
  await settled()
  expect(view.get('[data-testid=upload] progress').attributes('value')).toBe('25')
  sent!.answer(422, problem('too-many-attachments'))
  await settled()
  expect(view.get('[data-testid=upload]').text()).toContain('最多 50 张')
  await view.get('[data-testid=ticket]').trigger('paste', clipboard(png()))
  pictures = [kept]
  Request.sent[1]!.answer(201, kept)
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  expect(view.get('[data-testid=picture] img').attributes('src')).toBe('/api/attachments/a1/thumbnail')
})

test.each([[401, 'unauthenticated'], [500, 'internal']])('a picture that failed with the session or the server (%i) is sent again when asked, as the same one (R9)', async (status, slug) => {
  const { view } = await panel({ [`GET ${path}`]: [200, ticket] })
  await view.get('[data-testid=ticket]').trigger('paste', clipboard(png()))
  await settled()
  Request.sent[0]!.answer(status, problem(slug))
  await settled()
  await view.get('[data-testid=upload-retry]').trigger('click')
  await settled()
  expect(Request.sent[1]!.headers['Idempotency-Key']).toBe(Request.sent[0]!.headers['Idempotency-Key'])
})

test('a picture that the server has no room for now is sent again when it says, as the same one (R9)', async () => {
  const { view } = await panel({ [`GET ${path}`]: [200, ticket] })
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  try {
    await view.get('[data-testid=ticket]').trigger('paste', clipboard(png()))
    await vi.advanceTimersByTimeAsync(0)
    Request.sent[0]!.wait = '5'
    Request.sent[0]!.answer(503, problem('unavailable'))
    await vi.advanceTimersByTimeAsync(4_900)
    expect(Request.sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(100)
    expect(Request.sent[1]!.headers['Idempotency-Key']).toBe(Request.sent[0]!.headers['Idempotency-Key'])
    // Who is asked to wait longer sees it.
    Request.sent[1]!.wait = '60'
    Request.sent[1]!.answer(429, problem('too-many-requests'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([Request.sent.length, uploads[0]!.problem?.slug]).toEqual([2, 'too-many-requests'])
  } finally {
    vi.useRealTimers()
  }
})

test('a screenshot pasted while a ticket is written goes with it (R9)', async () => {
  const { view } = await panel({ 'POST /tickets': [201, aTicket({ ticket_id: 'new' })] }, list())
  await view.get('[data-testid=ticket-detail]').setValue('看图')
  await view.get('[data-testid=ticket-composer]').trigger('paste', clipboard(png()))
  expect(view.find('[data-testid=composer-pictures]').exists()).toBe(true)
  await view.get('[data-testid=ticket-composer]').trigger('submit')
  await settled()
  expect(Request.sent[0]!.url).toContain('/api/tickets/new/attachments?purpose=problem')
  expect(view.find('[data-testid=composer-pictures]').exists()).toBe(false)
})

test('a reply template is filled in and copied; what lacks something is not, and says so (B11)', async () => {
  const copied: string[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: (text: string) => { copied.push(text); return Promise.resolve() } } })
  const { stub, view } = await panel({
    [`GET ${path}`]: [200, ticket],
    'GET /reply-templates': [200, { items: [
      { template_id: 't1', title: '问候', text: '', category_id: null, active: true }, { template_id: 't2', title: '到账', text: '', category_id: 'payment', active: true },
    ] }],
    'GET /reply-texts': ({ query }) => [200, query.get('template_id') === 't2' ? { text: '阿龙您好，{server} 的充值已到账。', missing: ['server'] } : { text: '您好。', missing: [] }],
    [`GET /players/${PLAYER_ID}`]: [200, aPlayer()],
  })
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=template] option').map((option) => option.text())).toEqual(['用模板回复…', '到账', '问候'])
  await view.get('[data-testid=template]').setValue('t2')
  await settled()
  expect(stub.of('GET /reply-texts')[0]!.query.get('ticket_id')).toBe(ticket.ticket_id)
  expect((view.get('[data-testid=entry-text]').element as HTMLTextAreaElement).value).toBe('阿龙您好，{server} 的充值已到账。')
  expect(view.get('[data-testid=template-missing]').text()).toBe('没有复制，还缺：区服。文字已放在下面，补上后再复制。')
  expect([copied, notices]).toEqual([[], []])
  await view.get('[data-testid=entry-text]').setValue('')
  await view.get('[data-testid=template]').setValue('t1')
  await settled()
  expect(copied).toEqual(['您好。'])
  expect(view.find('[data-testid=template-missing]').exists()).toBe(false)
})

test('of several game accounts the agent chooses the one that a template means (B11)', async () => {
  const copied: string[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: (text: string) => { copied.push(text); return Promise.resolve() } } })
  const { view } = await panel({
    'GET /reply-templates': [200, { items: [{ template_id: 't1', title: '核实', text: '', category_id: null, active: true }] }],
    'GET /reply-texts': [200, { text: '您在《{game}》{server} 角色 {nickname} 的充值在查。', missing: ['game', 'server', 'nickname'] }],
    [`GET /players/${PLAYER_ID}`]: [200, { ...aPlayer(), profiles: [
      { profile_id: 'a', game_id: 'g1', game_name: '西游传说', server: '一区', nickname: '悟空' }, { profile_id: 'b', game_id: 'g2', game_name: '三国志战', server: '二区', nickname: '赵云' },
    ] }],
  })
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  await view.get('[data-testid=template]').setValue('t1')
  await settled()
  expect(copied).toEqual([])
  expect((view.get('[data-testid=entry-text]').element as HTMLTextAreaElement).value).toBe('')
  await view.get('[data-testid=template-account]').setValue('b')
  await settled()
  expect(copied).toEqual(['您在《三国志战》二区 角色 赵云 的充值在查。'])
  expect((view.get('[data-testid=entry-text]').element as HTMLTextAreaElement).value).toBe(copied[0])
  expect(view.find('[data-testid=template-account]').exists()).toBe(false)
})

test('a reply begins with one click, in its field; each kind of entry keeps a text of its own (R11)', async () => {
  const { stub, view } = await panel({ [`POST ${path}/entries`]: ({ body }) => [201, { entry_id: 'e1', changes: [], happened_at: ticket.asked_at, recorded_at: ticket.asked_at, ...(body as object) }] })
  const field = () => view.get('[data-testid=entry-text]').element as HTMLTextAreaElement
  await view.get('[data-testid=reply]').trigger('click')
  await settled()
  expect(document.activeElement).toBe(field())
  await view.get('[data-testid=entry-text]').setValue('您好，在查了')
  await view.get('[data-testid=entry-form] input[value=consultation]').setValue()
  expect(field().value).toBe('')
  await view.get('[data-testid=entry-text]').setValue('玩家充值未到账')
  await view.get('[data-testid=entry-form]').trigger('submit')
  await settled()
  expect(stub.of(`POST ${path}/entries`)[0]!.body).toMatchObject({ kind: 'consultation', text: '玩家充值未到账' })
  expect(field().value).toBe('您好，在查了')
  await view.get('[data-testid=entry-form] input[value=note]').setValue()
  await view.get('[data-testid=reply]').trigger('click')
  await settled()
  expect([document.activeElement, field().value]).toEqual([field(), '您好，在查了'])
})

test('a ticket says what is due: red only once it is missed (R12)', async () => {
  const clock = (hours: number, overdue: 'resolution' | null = null) => {
    const at = new Date(Date.now() + hours * 3_600_000 + 60_000).toISOString()
    return { ...ticket.clock, first_response_due_at: overdue ? null : at, resolution_due_at: overdue ? at : null, next_due_at: at, overdue }
  }
  const late = aTicket({ ticket_id: 'late', first_replied_at: ticket.asked_at, clock: clock(-23, 'resolution') })
  const { view } = await panel({ 'GET /tickets/late/entries': [200, list()] }, list(aTicket({ clock: clock(2) }), late, aTicket({ ticket_id: 'done', state: 'done', clock: clock(-1) })))
  const due = (id: string) => view.find(`[data-ticket="${id}"] [data-testid=ticket-due]`)
  expect(due(ticket.ticket_id).text()).toBe('还剩 2小时')
  expect(due(ticket.ticket_id).classes()).not.toContain('danger')
  expect(due('late').text()).toBe('解决逾期 22小时')
  expect(due('late').classes()).toContain('danger')
  expect(due('late').attributes('title')).toContain('解决期限')
  expect(due('done').exists()).toBe(false)
})

test('a template that comes after the player was left fills no clipboard: it would go to another', async () => {
  const copied: string[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: (text: string) => { copied.push(text); return Promise.resolve() } } })
  let answer = (): void => undefined
  const { view } = await panel({
    [`GET ${path}`]: [200, ticket],
    'GET /reply-templates': [200, { items: [{ template_id: 't1', title: '问候', text: '', category_id: null, active: true }] }],
    'GET /reply-texts': () => new Promise((done) => (answer = () => done([200, { text: '阿龙您好。', missing: [] }]))),
  })
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  await view.get('[data-testid=template]').setValue('t1')
  await settled()
  view.unmount()
  answer()
  await settled()
  expect([copied, notices]).toEqual([[], []])
})

test('what was recorded is put right, only what differs is sent, and both texts are shown in a conflict (R9, R13)', async () => {
  const theirs = { ...ticket, detail: '同事改的', version: 2, revision: 2 }
  const { stub, view } = await panel({
    [`PATCH ${path}`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: theirs })] : [200, { ...theirs, detail: '我改的', version: 3, revision: 3 }]),
  })
  await view.get('[data-testid=edit-ticket]').trigger('click')
  await settled()
  await view.get('[data-testid=edit-detail]').setValue('我改的')
  await view.get('[data-testid=ticket-edit]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH ${path}`)[0]!.body).toEqual({ detail: '我改的' })
  expect([view.get('[data-testid=conflict-theirs]').text(), view.get('[data-testid=conflict-mine]').text()]).toEqual(['同事改的', '我改的'])
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  expect(view.get('[data-testid=ticket-text]').text()).toBe('我改的')
})

test('a ticket is handed over with a note, and taken back (R11)', async () => {
  const { stub, view } = await panel({
    'GET /agents': [200, list({ agent_id: 'KF002', name: '王二', active: true })],
    'POST /ticket-transfers': [200, { transfer_id: 'x', to_agent_id: 'KF002', items: [{ ticket_id: ticket.ticket_id, fate: 'moved' }] }],
    [`GET ${path}`]: [200, { ...ticket, assignee_agent_id: 'KF002', version: 2 }],
    'GET /tickets': [200, list(ticket)],
  })
  await view.get('[data-testid=transfer-ticket]').trigger('click')
  await settled()
  await view.get('[data-testid=transfer-to]').setValue('KF002')
  await view.get('[data-testid=transfer-note]').setValue('请跟进')
  await view.get('[data-testid=ticket-transfer]').trigger('submit')
  expect(view.get('[data-testid=transfer-note]').attributes('readonly')).toBeDefined()
  await settled()
  expect(stub.of('POST /ticket-transfers')[0]!.body).toEqual({ tickets: [{ ticket_id: ticket.ticket_id, version: 1 }], to_agent_id: 'KF002', note: '请跟进' })
  await undo(notices.at(-1)!.id)
  await settled()
  expect(stub.of('POST /ticket-transfers')[1]!.body).toMatchObject({ to_agent_id: null, tickets: [{ version: 2 }] })
})

test('a picture is taken away by who added it, or by a lead', async () => {
  const picture = { ticket_id: ticket.ticket_id, purpose: 'problem', name: '', media_type: 'image/png', bytes: 1, width: 1, height: 1, uploaded_at: ticket.asked_at }
  const { view } = await panel({ [`GET ${path}`]: [200, { ...ticket, attachments: [{ ...picture, attachment_id: 'a1', uploaded_by: 'KF001' }, { ...picture, attachment_id: 'a2', uploaded_by: 'KF002' }] }] })
  await view.get('[data-testid=toggle-timeline]').trigger('click')
  await settled()
  const removable = () => view.findAll('[data-testid=picture]').map((one) => one.find('[data-testid=picture-remove]').exists())
  expect(removable()).toEqual([true, false])
  await signedInAs({ role: 'lead' })
  expect(removable()).toEqual([true, true])
})

test('pictures that wait for their ticket are there again when the agent comes back to the player (R9)', async () => {
  const first = await panel({}, list())
  await first.view.get('[data-testid=ticket-composer]').trigger('paste', clipboard(png()))
  first.view.unmount()
  const { view } = await panel({}, list())
  expect(view.findAll('[data-testid=composer-pictures] canvas')).toHaveLength(1)
})

test('pictures go one after the other, each with a key of its own, and one on its way can be stopped (R9)', async () => {
  let signedOut = 0
  whenSignedOut(() => { signedOut++ })
  const { view } = await panel({ [`GET ${path}`]: [200, { ...ticket, attachments: [] }] })
  await view.get('[data-testid=ticket]').trigger('paste', clipboard(png(), png(), png()))
  await settled()
  expect(Request.sent).toHaveLength(1)
  await view.get('[data-testid=upload-cancel]').trigger('click')
  await settled()
  expect([Request.sent.length, view.findAll('[data-testid=upload]').length]).toEqual([2, 2])
  Request.sent[1]!.answer(401, problem('not-signed-in'))
  await settled()
  expect([Request.sent.length, signedOut]).toEqual([3, 1])
  expect(new Set(Request.sent.map(({ headers }) => headers['Idempotency-Key'])).size).toBe(3)
  expect(Request.sent.every(({ timeout }) => timeout > 0)).toBe(true)
})
