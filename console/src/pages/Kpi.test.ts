import { expect, test, vi } from 'vitest'
import { chartOption, barsOf } from '../features/kpi/chart'
import { CARDS, CHARTS, COLUMNS, duration, FIGURES, figureOf, SALES_FIGURES, TICKET_FIGURES, type Board, type Both, type Group } from '../features/kpi/figures'
import { daysOf, wrongDays } from '../features/kpi/period'
import { loadMessages } from '../app/i18n'
import { aCard, AGENT, list, problem, settled, showPage, stubApi } from '../testing/api'

const drawn = vi.hoisted(() => ({ options: [] as { series: { data: unknown[] }[] }[], click: (() => undefined) as (point: { seriesIndex: number; dataIndex: number }) => void, disposed: 0 }))
vi.mock('../features/kpi/echarts', () => ({
  init: () => ({
    setOption: (option: never) => drawn.options.push(option), resize: () => undefined, dispose: () => { drawn.disposed++ },
    on: (_event: string, handle: typeof drawn.click) => { drawn.click = handle },
  }),
}))

const AT = '2026-03-01T02:00:00Z'
const speed = { count: 9, median_seconds: 300, p90_seconds: 5400, met: 8, missed: 2, open: 1 }
const response = { opened: 12, first_response: { ...speed, late_recorded: 1 }, done: 8, resolution: { ...speed, median_seconds: 7200 }, reopened: 1, reopen_rate_bp: 1250, backlog: 4, backlog_overdue: 1 }
const sales = {
  touches: 40, reached: 30, players_touched: 25, deals: 10, touch_to_deal_bp: 2500, lost: 15, won_back: 3, won_back_bp: 2000, thinking: 5, orders: 11, revenue_fen: 548000, unverified: 2, unverified_fen: 99600,
  average_order_fen: 49818, median_order_fen: 49760, delivered: 9, delivery_overdue: 0, refunds: 1, refunded_fen: 49760, net_fen: 498240, quotes: 6, quotes_sold: 4,
}
const links = (more = '') => ({ response: `/api/kpi/response/tickets?from=2026-03-02&to=2026-03-08${more}&clock=working`, sales: `/api/sales-kpi/records?from=2026-03-02&to=2026-03-08${more}` })
const both = (change: Partial<Both> = {}): Both => ({ response, sales, links: links(), ...change } as Both)
const source = (status: string) => ({ status, as_of: AT, problem: null })
function aBoard(change: Partial<Board> = {}): Board {
  return {
    from: '2026-03-02', to: '2026-03-08', group_by: 'agent', clock: 'working', sources: { response: source('ok'), sales: source('ok') }, total: both(), more: false,
    groups: [
      { key: 'KF001', label: null, ...both({ links: links('&agent=KF001') }) },
      { key: 'KF002', label: null, ...both({ sales: { ...sales, revenue_fen: 900000 } as Both['sales'], links: links('&agent=KF002') }) },
      { key: null, label: null, ...both({ sales: null, links: { response: null, sales: null } }) },
    ], ...change,
  } as Board
}
async function page(address: string, routes: Parameters<typeof stubApi>[0] = {}, name = 'kpi') {
  const stub = stubApi({ 'GET /kpi-board': [200, aBoard()], 'GET /agents': [200, list(AGENT, { ...AGENT, agent_id: 'KF002', name: '张三' })], 'GET /player-cards': [200, list(aCard())], 'GET /ticket-categories': [200, { items: [] }], 'GET /campaigns': [200, list()], 'GET /lost-reasons': [200, list()], ...routes })
  return { stub, ...(await showPage(name, address)) }
}
const asked = (stub: ReturnType<typeof stubApi>, at = 0) => Object.fromEntries(stub.of('GET /kpi-board')[at]!.query)

test('a period is days of Shanghai: the week since Monday, the month since its first (B8)', () => {
  const own = { from: '', to: '' }
  expect(daysOf('today', '2026-03-05', own)).toEqual({ from: '2026-03-05', to: '2026-03-05' })
  expect(daysOf('week', '2026-03-05', own)).toEqual({ from: '2026-03-02', to: '2026-03-05' })
  expect(daysOf('week', '2026-03-01', own)).toEqual({ from: '2026-02-23', to: '2026-03-01' })
  expect(daysOf('month', '2026-03-05', own)).toEqual({ from: '2026-03-01', to: '2026-03-05' })
  expect(daysOf('own', '2026-03-05', { from: '2026-01-01', to: '' })).toEqual({ from: '2026-01-01', to: '2026-03-05' })
  expect([wrongDays({ from: '2026-01-01', to: '2026-04-02' }), wrongDays({ from: '2026-01-01', to: '2026-04-03' }), wrongDays({ from: '2026-02-02', to: '2026-02-01' }), wrongDays({ from: '2026-02-31', to: '2026-03-01' })])
    .toEqual([null, 'kpi.tooLong', 'kpi.badOrder', 'kpi.badDay'])
})

test('durations are read at a glance, and never in days', async () => {
  await loadMessages('kpi')
  expect([duration(45), duration(300), duration(3570), duration(5400), duration(7200), duration(190800)]).toEqual(['45 秒', '5 分', '1 小时', '1 小时 30 分', '2 小时', '53 小时'])
})

test('cards, charts and columns name figures that there are, and every list behind a figure can be reached', () => {
  const used = [...Object.values(CARDS).flat(2), ...Object.values(CHARTS).flatMap((charts) => Object.values(charts).flat()), ...COLUMNS]
  expect(used.filter((id) => !FIGURES.some((figure) => figure.id === id))).toEqual([])
  const reached = new Set(Object.values(CARDS).flat(2).map((id) => figureOf(id).records))
  expect([...TICKET_FIGURES, ...SALES_FIGURES].filter((figure) => !reached.has(figure))).toEqual([])
  for (const charts of Object.values(CHARTS)) for (const ids of Object.values(charts)) expect(new Set(ids.map((id) => figureOf(id).kind)).size).toBe(1)
})

test('the board asks for what the address says, and shows both KPIs side by side (B8)', async () => {
  const { stub, view } = await page('/kpi?period=own&from=2026-03-02&to=2026-03-08&group_by=agent&clock=elapsed&team=%E4%B8%80%E7%BB%84')
  expect(asked(stub)).toEqual({ from: '2026-03-02', to: '2026-03-08', group_by: 'agent', clock: 'elapsed', team: '一组' })
  expect(view.get('[data-testid=card-response_median]').text()).toMatch(/首次回复中位数.*5 分.*1 小时 30 分.*2.*1/)
  expect(view.get('[data-testid=card-deal_rate]').text()).toMatch(/25\.0%.*10.*40.*30.*25/)
  expect(view.get('[data-testid=card-revenue]').text()).toMatch(/¥5,480\.00.*¥497\.60.*¥4,982\.40.*¥996\.00/)
})

test('each figure leads to the records behind it, with the filters that the API gives (B6, B8)', async () => {
  const { view } = await page('/kpi')
  const href = (where: string, figure: string) => view.get(`${where} [data-testid=figure-${figure}]`).attributes('href')
  expect(href('[data-testid=card-response_median]', 'response_missed')).toBe('/kpi/records?figure=first_response_missed&from=2026-03-02&to=2026-03-08&clock=working')
  expect(href('[data-testid=card-revenue]', 'revenue')).toBe('/kpi/records?figure=orders&from=2026-03-02&to=2026-03-08')
  expect(href('[data-key=KF001]', 'deals')).toBe('/kpi/records?figure=deals&from=2026-03-02&to=2026-03-08&agent=KF001')
  // What is made of two others, and a nought, lead nowhere.
  expect([href('[data-testid=card-revenue]', 'net'), href('[data-testid=card-orders]', 'delivery_overdue')]).toEqual([undefined, undefined])
})

test('what a figure means is said on demand', async () => {
  const { view } = await page('/kpi')
  const card = view.get('[data-testid=card-response_median]')
  expect(card.find('[data-testid=means]').exists()).toBe(false)
  await card.get('[data-testid=explain]').trigger('click')
  expect(card.get('[data-testid=explain]').attributes('aria-expanded')).toBe('true')
  expect(card.get('[data-testid=means]').text()).toContain('平均会掩盖等得最久的人')
})

test('where nothing can be drawn, a table says what the chart would, with the same links', async () => {
  const { view, router } = await page('/kpi')
  expect(view.get('[data-testid=chart-sales] tbody tr').text()).toMatch(/张三.*¥9,000\.00/)
  expect(view.get('[data-testid=chart-sales] [data-testid=figure-revenue]').attributes('href')).toContain('agent=KF002')
  await view.get('[data-testid=chart-sales-choice]').setValue('contacts')
  await settled()
  expect(router.currentRoute.value.query).toEqual({ right: 'contacts' })
  expect(view.get('[data-testid=chart-sales] thead').text()).toMatch(/沟通次数.*成交/)
})

test('a chart draws its groups: days as lines in order, others as bars, the largest first', () => {
  const colours = { text: '', muted: '', border: '', surface: '', first: 'blue', second: 'green', font: '' }
  const days = ['2026-03-02', '2026-03-03'].map((key) => ({ key, label: null, ...both() })) as Group[]
  const seconds = ['response_median', 'response_p90'].map(figureOf)
  const byDay = chartOption(barsOf(days, seconds, 'day', ({ key }) => key!), seconds, 'day', ({ id }) => id, colours, true)
  expect(byDay.series.map(({ type, data }) => [type, data])).toEqual([['line', [5, 5]], ['line', [90, 90]]])
  expect(byDay.tooltip.renderMode).toBe('richText')
  expect(byDay.tooltip.formatter([{ dataIndex: 1 }])).toBe('2026-03-03\nresponse_median  5 分\nresponse_p90  1 小时 30 分')
  const bars = barsOf(aBoard().groups, [figureOf('revenue')], 'agent', ({ key }) => key ?? '')
  expect(bars.map(({ name }) => name)).toEqual(['KF002', 'KF001'])
  expect(chartOption(bars, [figureOf('revenue')], 'agent', ({ id }) => id, colours, false).series[0]).toMatchObject({ type: 'bar', data: [9000, 5480] })
})

test('a chart is drawn where it can be, its bars lead to their records, and it gives way to its table (B8)', async () => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({} as never)
  const { view, router } = await page('/kpi')
  const sales = view.get('[data-testid=chart-sales]')
  await vi.waitFor(() => expect(sales.attributes('data-drawn')).toBe('true'))
  expect(sales.find('table').exists()).toBe(false)
  expect(sales.get('[role=img]').attributes('aria-label')).toContain('实收 / 退款额')
  expect(drawn.options.map(({ series }) => series[0]!.data)).toContainEqual([9000, 5480])
  drawn.click({ seriesIndex: 0, dataIndex: 0 })
  await settled()
  expect(router.currentRoute.value.query).toMatchObject({ figure: 'orders', agent: 'KF002' })
  router.back()
  await settled()
  await sales.get('[data-testid=chart-sales-table]').trigger('click')
  await settled()
  expect([sales.get('table').text(), drawn.disposed, sales.get('[data-testid=chart-sales-table]').attributes('aria-pressed')]).toEqual([expect.stringContaining('¥9,000.00'), 1, 'true'])
})

test('each KPI fails alone (B8, B9)', async () => {
  const broken = aBoard({ sources: { response: source('unavailable'), sales: source('stale') } as Board['sources'], total: both({ response: null }) })
  const { view, stub } = await page('/kpi', { 'GET /kpi-board': [200, broken] })
  expect(view.get('[data-testid=side-response]').text()).toContain('答复暂时读不到')
  expect(view.get('[data-testid=side-sales]').text()).toMatch(/旧数据.*截至/)
  await view.get('[data-testid=side-response] button').trigger('click')
  await settled()
  expect(stub.of('GET /kpi-board')).toHaveLength(2)
})

test('by what tickets know nothing of, sales stand alone and the page says so', async () => {
  const groups = [{ key: 'r1', label: '价格太高', response: null, sales, links: { response: null, sales: links('&reason=r1').sales } }, { key: null, label: null, response: null, sales, links: { response: null, sales: links('&without=reason').sales } }]
  const { view } = await page('/kpi?group_by=reason', { 'GET /kpi-board': [200, aBoard({ group_by: 'reason', groups: groups as Board['groups'] })] })
  expect(view.get('[data-testid=no-groups]').text()).toContain('没有「未成交原因」')
  expect(view.get('[data-testid=kpi-table]').text()).toMatch(/价格太高.*无原因/)
  expect(view.get('[data-key=""] [data-testid=figure-touches]').attributes('href')).toContain('without=reason')
})

test('the table sorts by a figure, and an agent leads to his days', async () => {
  const { view, router } = await page('/kpi')
  const order = () => view.findAll('[data-testid=kpi-row]').map((row) => row.attributes('data-key'))
  expect(order()).toEqual(['KF002', 'KF001', ''])
  expect(view.get('[data-key=KF001] a').attributes('href')).toBe('/kpi?group_by=day&agent=KF001')
  await view.get('[data-testid=sort-touches]').trigger('click')
  await settled()
  expect(router.currentRoute.value.query).toEqual({ sort: 'touches' })
  expect(order()).toEqual(['KF001', 'KF002', ''])
})

test('a period is chosen, and one that cannot be is not asked for', async () => {
  const { view, stub, router } = await page('/kpi')
  await view.get('input[value=own]').setValue(true)
  await settled()
  expect(router.currentRoute.value.query.period).toBe('own')
  const before = stub.of('GET /kpi-board').length
  await view.get('[data-testid=filter-from]').setValue('2020-01-01')
  await settled()
  expect(view.get('[data-testid=bad-days]').text()).toContain('92 天')
  expect(stub.of('GET /kpi-board')).toHaveLength(before)
})

test('without an answer there is a sentence and a retry; without data, what to do next', async () => {
  const { view } = await page('/kpi', { 'GET /kpi-board': (_call, attempt) => (attempt < 4 ? [503, problem('unavailable')] : [200, aBoard({ groups: [] })]) })
  expect(view.get('[data-testid=problem]').text()).toContain('服务暂时不可用')
  await view.get('[data-testid=kpi-retry]').trigger('click')
  await vi.waitFor(() => expect(view.get('[data-testid=kpi-empty]').text()).toContain('换个时间'))
})

test('the tickets behind a figure, each with what it took, lead to the ticket (B6)', async () => {
  const ticket = { ticket_id: 't1', number: 'T-000009', player_id: aCard().player_id, title: '充值', category: 'payment', priority: 'high', cycle: 2, agent_id: 'KF002', team: null, opened_at: AT, first_replied_at: AT, done_at: null, seconds: 5400, due_at: AT, missed: true, asked_late: false, late_recorded: true }
  const { stub, view } = await page('/kpi/records?figure=first_response_missed&from=2026-03-02&to=2026-03-08&agent=KF002&clock=elapsed', { 'GET /kpi/response/tickets': [200, list(ticket)] }, 'kpi-records')
  expect(Object.fromEntries(stub.of('GET /kpi/response/tickets')[0]!.query)).toEqual({ figure: 'first_response_missed', from: '2026-03-02', to: '2026-03-08', agent: 'KF002', clock: 'elapsed', limit: '50' })
  const row = view.get('[data-testid=row]')
  expect(row.text()).toMatch(/T-000009 · 第 2 次.*阿龙.*充值.*1 小时 30 分.*超时.*补录.*张三/)
  expect(row.get('a').attributes('href')).toBe(`/?player=${ticket.player_id}&ticket=t1`)
})

test('the sales behind a figure, each with its player; another figure asks the other list (B8)', async () => {
  const sale = { kind: 'touch', record_id: 's1', order_id: null, number: null, player_id: aCard().player_id, agent_id: 'KF001', team: '一组', tier: 'big', campaign_id: null, pack_code: 'K7M2X', reason_id: 'r1', reason: '价格太高', happened_at: AT, outcome: 'lost', state: null, amount_fen: 49760, verified: null }
  const { stub, view } = await page('/kpi/records?figure=lost&from=2026-03-02&to=2026-03-08&tier=big&without=campaign', { 'GET /sales-kpi/records': [200, list(sale)], 'GET /kpi/response/tickets': [200, list()] }, 'kpi-records')
  expect(Object.fromEntries(stub.of('GET /sales-kpi/records')[0]!.query)).toEqual({ figure: 'lost', from: '2026-03-02', to: '2026-03-08', tier: 'big', without: 'campaign', limit: '50' })
  const row = view.get('[data-testid=row]')
  expect(row.text()).toMatch(/沟通.*阿龙.*未成交.*价格太高.*K7M2X.*¥497\.60.*林小雨/)
  expect(row.get('a').attributes('href')).toBe(`/?player=${sale.player_id}`)
  await view.get('[data-testid=filter-figure]').setValue('backlog')
  await settled()
  expect(stub.of('GET /kpi/response/tickets')[0]!.query.get('figure')).toBe('backlog')
  expect(view.get('[data-testid=list-empty]').text()).toContain('没有这样的记录')
})
