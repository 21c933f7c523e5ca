import { expect, test, vi } from 'vitest'
import { queryClient } from '../app/query'
import { notices, undoLast } from '../shared/notices'
import { aCard, aTicket, AGENT, list, PLAYER_ID, problem, settled, showPage, stubApi } from '../testing/api'

const tickets = [
  aTicket({ ticket_id: 't1', number: 'T-000001', detail: '充值没有到账', category: 'chargeback', version: 3 }),
  aTicket({ ticket_id: 't2', number: 'T-000002', state: 'in_progress', solution: '已补发', assignee_agent_id: 'KF007', version: 5, priority: 'urgent' }),
]
const at = '2026-03-01T02:00:00Z'
const category = { category_id: 'chargeback', name_zh: '拒付', name_en: 'Chargeback', active: true, default_priority: 'high', form: [], version: 1, created_at: at, updated_at: at }
const colleague = { ...AGENT, agent_id: 'KF002', name: '张三' }

async function page(address: string, routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({
    'GET /tickets': [200, list(...tickets)], 'GET /player-cards': [200, list(aCard())], 'GET /agents': [200, list(AGENT, colleague)],
    'GET /games': [200, { items: [] }], 'GET /ticket-categories': [200, { items: [category] }], ...routes,
  })
  return { stub, ...(await showPage('tickets', address)) }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('the filters of the address are what the API is asked for, with the list\'s names (R8, R12)', async () => {
  const { stub } = await page(`/tickets?state=pending,in_progress&responsible=KF001&category=payment&priority=high&waiting_on=tech&overdue=true&game=xiyou&server=一区&tier=whale&asked_from=2026-03-01&asked_to=2026-03-02&number=T-000001&player_id=${PLAYER_ID}&parent=${PLAYER_ID}&assignee=KF002&order=due`)
  expect(Object.fromEntries(stub.of('GET /tickets')[0]!.query)).toEqual({
    state: 'pending,in_progress', responsible: 'KF001', category: 'payment', priority: 'high', waiting_on: 'tech', overdue: 'true', game: 'xiyou', server: '一区', tier: 'whale',
    asked_from: '2026-03-01', asked_to: '2026-03-02', number: 'T-000001', player_id: PLAYER_ID, parent: PLAYER_ID, assignee: 'KF002', order: 'due', limit: '50',
  })
})

test('a row says whose it is and what it is about, and leads to the ticket at its player\'s (R12)', async () => {
  const { view } = await page('/tickets')
  const row = view.get('[data-testid=row]')
  expect(row.text()).toMatch(/T-000001.*充值没有到账.*大R.*阿龙.*待处理.*林小雨.*拒付/)
  expect(row.get('a').attributes('href')).toBe(`/?player=${tickets[0]!.player_id}&ticket=t1`)
})

test('players that cannot be read leave the list of tickets (B9)', async () => {
  const { view } = await page('/tickets', { 'GET /player-cards': [503, problem('unavailable')] })
  expect(view.findAll('[data-testid=row]')).toHaveLength(2)
  expect(view.get('[data-testid=row]').text()).toContain('玩家资料读不到')
})

test('a search goes over players and numbers, with the filters; it has no export (R8)', async () => {
  const { stub, view } = await page('/tickets?q=138&state=done', { 'GET /ticket-search': [200, { items: [{ ...tickets[0], player: aCard() }], refine: true }] })
  expect(Object.fromEntries(stub.of('GET /ticket-search')[0]!.query)).toEqual({ q: '138', state: 'done', order: 'newest' })
  expect(stub.of('GET /tickets')).toHaveLength(0)
  expect(view.get('[data-testid=list-foot]').text()).toBe('只显示前 1 条，请缩小范围。')
  expect(view.get('[data-testid=export]').attributes('disabled')).toBeDefined()
})

test('a search says which filters it has no use for, and holds them (R8)', async () => {
  const { view, stub, router } = await page(`/tickets?q=138&player_id=${PLAYER_ID}&number=T-1`, { 'GET /ticket-search': [200, { items: [], refine: false }] })
  expect(Object.fromEntries(stub.of('GET /ticket-search')[0]!.query)).toEqual({ q: '138', order: 'newest' })
  for (const name of ['player_id', 'number']) {
    const field = view.get(`[data-testid=filter-${name}]`)
    expect(field.attributes('disabled')).toBeDefined()
    expect(view.get(`label[for="${field.attributes('id')}"]`).text()).toContain('搜索时不生效')
  }
  await router.replace(`/tickets?player_id=${PLAYER_ID}&number=T-1`)
  await settled()
  expect(view.get('[data-testid=filter-player_id]').attributes('disabled')).toBeUndefined()
  expect(stub.of('GET /tickets').at(-1)!.query.get('number')).toBe('T-1')
})

test('typing replaces the address after a pause, a choice is an entry of the history', async () => {
  const { view, router } = await page('/tickets', { 'GET /ticket-search': [200, { items: [], refine: false }] })
  await view.get('[data-testid=filter-state-done]').setValue(true)
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/tickets?state=done')
  await view.get('[data-testid=filter-q]').setValue('悟空')
  await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ q: '悟空', state: 'done' }))
  router.back()
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/tickets')
})

test('selected tickets are handed over with a note, those that a colleague changed stay (R13)', async () => {
  const transfer = { transfer_id: 'x', to_agent_id: 'KF002', items: [{ ticket_id: 't1', fate: 'moved' }, { ticket_id: 't2', fate: 'stale' }] }
  const { view, stub } = await page('/tickets', { 'POST /ticket-transfers': [200, transfer], 'GET /tickets/t1': [200, { ...tickets[0], assignee_agent_id: 'KF002', version: 4 }] })
  await view.get('[data-testid=select-all]').setValue(true)
  press('t')
  await settled()
  await view.get('[data-testid=bulk-to]').setValue('KF002')
  await view.get('[data-testid=bulk-note]').setValue('请接手')
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  const [call] = stub.of('POST /ticket-transfers')
  expect(call!.body).toEqual({ tickets: [{ ticket_id: 't1', version: 3 }, { ticket_id: 't2', version: 5 }], to_agent_id: 'KF002', note: '请接手' })
  expect(texts()).toEqual(['1 个工单已转交给张三。', '1 个刚被同事改过，没有动：T-000002。'])
  expect(view.findAll('[data-testid=row].on').map((row) => row.attributes('data-key'))).toEqual(['t2'])

  undoLast()
  await settled()
  expect(stub.of('POST /ticket-transfers')[1]!.body).toEqual({ tickets: [{ ticket_id: 't1', version: 4 }], to_agent_id: null, note: '撤销刚才的转交' })
})

test('a state is set for all that can take it, by keys alone, and taken back with its assignee (R10)', async () => {
  const moved = { ...tickets[1]!, state: 'pending' as const, assignee_agent_id: null, version: 6 }
  const { view, stub } = await page('/tickets', {
    'POST /tickets/t2/transitions': (_call, attempt) => (attempt === 1 ? [200, moved] : [200, { ...moved, state: 'in_progress', assignee_agent_id: 'KF001', version: 7 }]),
    'PATCH /tickets/t2': [200, { ...tickets[1], version: 8 }],
  })
  press('j')
  await settled()
  press('j')
  await settled()
  press('x')
  await settled()
  await view.get('[data-testid=bulk-pending]').trigger('click')
  await settled()
  expect(stub.of('POST /tickets/t2/transitions').map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"5"', { to: 'pending' }]])
  expect(texts()).toContain('1 个工单已转为待处理。')

  undoLast()
  await settled()
  expect(stub.of('POST /tickets/t2/transitions')[1]!.body).toEqual({ to: 'in_progress' })
  expect(stub.of('PATCH /tickets/t2')[0]!.body).toEqual({ assignee_agent_id: 'KF007' })
})

test('closing asks for the solution of those that have none', async () => {
  const done = (n: number) => [200, { ...tickets[n]!, state: 'done', version: 9 }] as [number, object]
  const { view, stub } = await page('/tickets', { 'POST /tickets/t1/transitions': done(0), 'POST /tickets/t2/transitions': done(1) })
  await view.get('[data-testid=select-all]').setValue(true)
  await view.get('[data-testid=bulk-done]').trigger('click')
  await settled()
  expect(view.get('[data-testid=bulk-form]').text()).toContain('1 个工单')
  expect(view.get('[data-testid=bulk-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=bulk-solution]').setValue('统一补偿')
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /tickets/t1/transitions')[0]!.body).toEqual({ to: 'done', solution: '统一补偿' })
  expect(stub.of('POST /tickets/t2/transitions')[0]!.body).toEqual({ to: 'done' })
})

test('the export carries the filters and the language; what goes wrong is said (B11)', async () => {
  const { view, stub } = await page('/tickets?state=done', { 'GET /exports/tickets': [422, problem('export-too-large')] })
  await view.get('[data-testid=export]').trigger('click')
  await settled()
  expect(Object.fromEntries(stub.of('GET /exports/tickets')[0]!.query)).toEqual({ lang: 'zh', state: 'done', order: 'newest' })
  expect(texts()).toEqual(['超过 10 万行或是搜索结果，请用筛选缩小范围再导出。'])
})

test('the arrow stands at the column that the list is sorted by: numbers, or times of asking once days are chosen (R12)', async () => {
  const { view, router } = await page('/tickets')
  const sorted = () => view.findAll('th').filter((head) => head.attributes('aria-sort')).map((head) => [head.text(), head.attributes('aria-sort')])
  expect(sorted()).toEqual([['编号↓', 'descending']])
  await view.get('[data-testid=sort-number]').trigger('click')
  await settled()
  expect([sorted(), router.currentRoute.value.query]).toEqual([[['编号↑', 'ascending']], { order: 'oldest' }])
  await router.push('/tickets?asked_from=2026-03-01')
  await settled()
  expect(sorted()).toEqual([['提问时间↓', 'descending']])
})

test('an id that is not whole yet is not asked for', async () => {
  const { stub } = await page('/tickets?player_id=0193&parent=01')
  expect(Object.fromEntries(stub.of('GET /tickets')[0]!.query)).toEqual({ order: 'newest', limit: '50' })
})

test('of several acts those that failed stay selected and are named, and can be repeated (R10)', async () => {
  const { view, stub } = await page('/tickets', {
    'POST /tickets/t1/transitions': [200, { ...tickets[0], state: 'done', version: 4 }],
    'POST /tickets/t2/transitions': (_call, attempt) => (attempt === 1 ? [500, problem('internal')] : [200, { ...tickets[1], state: 'done', version: 6 }]),
  })
  await view.get('[data-testid=select-all]').setValue(true)
  await view.get('[data-testid=bulk-done]').trigger('click')
  await settled()
  await view.get('[data-testid=bulk-solution]').setValue('统一补偿')
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  expect(texts()).toContain('1 个失败：T-000002。')
  expect(view.findAll('[data-testid=row].on').map((row) => row.attributes('data-key'))).toEqual(['t2'])
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /tickets/t1/transitions')).toHaveLength(1)
  expect(view.find('[data-testid=bulk]').exists()).toBe(false)
})

test('an act whose answer was lost is one\'s own: sent again, and found done (R10)', async () => {
  const done = { ...tickets[1]!, state: 'done', version: 6 }
  const { view, stub } = await page('/tickets', {
    'POST /tickets/t2/transitions': (_call, attempt) => (attempt === 1 ? [500, problem('internal')] : [412, problem('stale-version', { current: done })]),
  })
  await view.findAll('[data-testid=row-select]')[1]!.trigger('click')
  await view.get('[data-testid=bulk-done]').trigger('click')
  await settled()
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  expect(texts()).toContain('1 个工单已转为完成。')
  expect(texts().join()).not.toContain('同事')
  expect(stub.of('POST /tickets/t2/transitions')).toHaveLength(2)
})

test('what the network loses of an act is sent again by itself (R10)', async () => {
  const done = { ...tickets[1]!, state: 'done', version: 6 }
  const { view } = await page('/tickets', {
    'POST /tickets/t2/transitions': (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current: done })]),
  })
  await view.findAll('[data-testid=row-select]')[1]!.trigger('click')
  await view.get('[data-testid=bulk-done]').trigger('click')
  await settled()
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await vi.waitFor(() => expect(texts()).toContain('1 个工单已转为完成。'))
})

test('on a list of many pages the next act is on what the last one made of the tickets', async () => {
  const many = Array.from({ length: 4 }, (_, n) => aTicket({ ticket_id: `t${n}`, number: `T-00000${n}`, version: 1 }))
  const { view, stub } = await page('/tickets', {
    'GET /tickets': ({ query }) => {
      const n = Number(query.get('cursor') ?? 0)
      return [200, { items: [many[n]], next_cursor: n < 3 ? String(n + 1) : null }]
    },
    'POST /tickets/t0/transitions': (_call, attempt) => [200, { ...many[0], state: attempt === 1 ? 'in_progress' : 'pending', version: 1 + attempt }],
    'POST /ticket-transfers': [200, { transfer_id: 'x', to_agent_id: null, items: [{ ticket_id: 't0', fate: 'moved' }] }],
    'GET /tickets/t0': [200, { ...many[0], assignee_agent_id: 'KF002', version: 9 }],
  })
  while (view.find('[data-testid=list-more]').exists()) {
    await view.get('[data-testid=list-more]').trigger('click')
    await settled()
  }
  const [query] = queryClient.getQueriesData<{ pages: unknown[] }>({ queryKey: ['tickets', 'list'] })
  expect(query![1]!.pages).toHaveLength(4)
  const versions = () => stub.of('POST /tickets/t0/transitions').map((call) => call.headers.get('If-Match'))
  const select = async () => { await view.get('[data-key=t0] [data-testid=row-select]').trigger('click'); await settled() }
  await select()
  await view.get('[data-testid=bulk-in_progress]').trigger('click')
  await settled()
  await select()
  await view.get('[data-testid=bulk-transfer]').trigger('click')
  await settled()
  await view.get('[data-testid=bulk-to]').setValue('KF002')
  await view.get('[data-testid=bulk-note]').setValue('请接手')
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  await select()
  await view.get('[data-testid=bulk-done]').trigger('click')
  await settled()
  await view.get('[data-testid=bulk-solution]').setValue('已补发')
  await view.get('[data-testid=bulk-form]').trigger('submit')
  await settled()
  expect(versions()).toEqual(['"1"', '"9"'])
  expect(stub.of('POST /ticket-transfers')[0]!.body).toMatchObject({ tickets: [{ ticket_id: 't0', version: 2 }] })
})
