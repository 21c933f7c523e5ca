import { expect, test, vi } from 'vitest'
import type { Agent, Touch } from '../api/types'
import { keys, queryClient } from '../app/query'
import type { CallFigures, Campaign, CampaignDraw, Pack } from '../features/campaigns/plan'
import { notices } from '../shared/notices'
import TouchForm from '../features/sales/TouchForm.vue'
import { aCard, AGENT, aTouch, list, PLAYER_ID, problem, settled, show, showPage, stubApi, testRouter } from '../testing/api'

const AT = '2026-03-01T02:00:00Z'
const ID = '019370a0-0000-7000-8000-00000000c001'
const LEAD: Agent = { ...AGENT, agent_id: 'KF001', name: '王组长', role: 'lead' }
function aCampaign(change: Partial<Campaign> = {}): Campaign {
  return {
    campaign_id: ID, name: '春节回馈', theme: '老玩家回馈', starts_on: '2099-02-01', ends_on: '2099-02-10', game_ids: ['xiyou'], pack_ids: [], note: '', state: 'draft', running_today: false,
    segment: { tiers: ['big', 'whale'], game_id: null, server: null, not_contacted_days: 7, bought_within_days: null, bought_min_orders: null, spent_min_fen: 50000, never_bought: false },
    team: '一组', created_by: 'KF001', launched_by: null, launched_at: null, ended_by: null, ended_at: null, version: 3, created_at: AT, updated_at: AT, ...change,
  }
}
const running = (change: Partial<Campaign> = {}) => aCampaign({ state: 'running', running_today: true, launched_by: 'KF001', launched_at: AT, version: 4, ...change })
const figures = (change: Partial<CallFigures> = {}): CallFigures =>
  ({ listed: 10, drawn: 10, open: 4, no_reply: 1, thinking: 2, lost: 1, won: 2, blocked: 0, reached: 5, orders: 2, revenue_fen: 99800, unverified_fen: 0, ...change })
const draw = (change: Partial<CampaignDraw> = {}): CampaignDraw =>
  ({ campaign_id: ID, state: 'done', round: 1, players: 500, looked_at: 500, added: 10, minors: 3, blocked: 1, started_by: null, started_at: AT, finished_at: AT, ...change })
const aPack = (change: Partial<Pack> = {}): Pack => ({
  pack_id: '019370a0-0000-7000-8000-0000000000d1', code: 'K7M2X', name: '周末礼包', game_id: 'xiyou', state: 'active', discount_bp: 2000, list_price_fen: 62200, price_fen: 49760, currency: 'CNY', contents: [], revision: 1,
  version: 1, campaign_id: null, player_id: null, valid_from: null, valid_until: null, created_by: 'KF001', approved_by: null, created_at: AT, updated_at: AT, description: '', state_since: AT, rounding: 'fen', floor_fen: null, revised_by: 'KF001', review_reason: null, rejection: null, ...change,
} as Pack)
const audience = { players: 42, by_tier: [{ tier: 'whale', players: 2 }, { tier: 'big', players: 40 }], minors: 3, blocked: 1, looked_at: 500, complete: true }
const games = { items: [{ game_id: 'xiyou', name: '西游传说' }, { game_id: 'sanguo', name: '三国志' }] }
const progress = { campaign_id: ID, draw: draw(), total: figures(), items: [{ ...figures(), agent_id: 'KF001', team: '一组' }], next_cursor: null }

async function page(name: string, address: string, routes: Parameters<typeof stubApi>[0] = {}, agent: Agent = LEAD) {
  const stub = stubApi({
    'GET /agents': [200, list(AGENT)], 'GET /games': [200, games], 'POST /campaign-audiences': [200, audience], [`GET /campaigns/${ID}`]: [200, aCampaign()],
    [`GET /campaigns/${ID}/packs`]: [200, list()], [`GET /campaign-draws/${ID}`]: [200, draw()], 'GET /campaign-calls/progress': [200, progress], ...routes,
  })
  const shown = await showPage(name, address)
  queryClient.setQueryData(keys.session, { agent, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, ...shown }
}
const texts = () => notices.map(({ text }) => text)

test('the list asks for what the address says, and a row says what the campaign is (R15)', async () => {
  const { stub, view } = await page('campaigns', '/campaigns?state=running&game_id=xiyou', { 'GET /campaigns': [200, list(running({ pack_ids: ['a', 'b'] }))] })
  expect(Object.fromEntries(stub.of('GET /campaigns')[0]!.query)).toEqual({ state: 'running', game_id: 'xiyou', limit: '50' })
  expect(view.get('[data-testid=row]').text()).toMatch(/春节回馈.*老玩家回馈.*进行中.*西游传说.*一组.*2/)
  expect(view.get('[data-testid=row] a').attributes('href')).toBe(`/campaigns/${ID}`)
  expect(view.get('[data-testid=new-campaign]').attributes('href')).toBe('/campaigns/new')
})

test('agents are told who plans, and are offered nothing that they may not do', async () => {
  const { view, stub } = await page('campaigns', '/campaigns', { 'GET /campaigns': [200, list()] }, AGENT)
  expect(view.find('[data-testid=new-campaign]').exists()).toBe(false)
  expect(view.text()).toContain('由组长或管理员策划')
  expect(view.get('[data-testid=list-empty]').text()).toContain('组长建好后')
  view.unmount()
  const other = await page('campaign-new', '/campaigns/new', {}, AGENT)
  expect(other.view.find('[data-testid=campaign-form]').exists()).toBe(false)
  expect(stub.of('POST /campaign-audiences')).toHaveLength(0)
})

test('a campaign is planned with its packs and segment, while the audience is counted as one types (R15)', async () => {
  const { view, stub, router } = await page('campaign-new', '/campaigns/new', { 'POST /campaigns': [201, aCampaign()], 'GET /packs': [200, list(aPack(), aPack({ pack_id: 'other', code: 'ZZZZ9', game_id: 'sanguo' }))] })
  expect(view.get('[data-testid=audience-players]').text()).toBe('42 位玩家')
  const set = (name: string, value: string) => view.get(`[data-testid=${name}]`).setValue(value)
  await set('campaign-name', ' 春节回馈 ')
  await set('campaign-theme', '老玩家回馈')
  await set('campaign-starts-on', '2099-02-01')
  await set('campaign-ends-on', '2099-02-10')
  expect(view.text()).toContain('请至少选一个游戏')
  await view.get('[data-testid=game-xiyou]').setValue(true)
  await view.get('[data-testid=tier-big]').setValue(true)
  await view.get('[data-testid=tier-whale]').setValue(true)
  await set('segment-not-contacted', '7')
  await set('segment-min-spent', '500')
  await vi.waitFor(() => expect(stub.of('POST /campaign-audiences')).toHaveLength(2))
  expect(stub.of('POST /campaign-audiences')[1]!.body).toEqual({ segment: { ...aCampaign().segment }, game_ids: ['xiyou'] })
  expect(view.get('[data-testid=segment-never-bought]').attributes('disabled')).toBeDefined()

  await set('pack-search', 'k7')
  await vi.waitFor(() => expect(view.findAll('[data-testid=pack-add]')).toHaveLength(1))
  await view.get('[data-testid=pack-search]').trigger('keydown', { key: 'Enter' })
  await settled()
  expect(view.get('[data-testid=pack-chosen]').text()).toContain('K7M2X')

  await view.get('[data-testid=campaign-form]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  const [call] = stub.of('POST /campaigns')
  expect(call!.body).toEqual({ name: '春节回馈', theme: '老玩家回馈', starts_on: '2099-02-01', ends_on: '2099-02-10', game_ids: ['xiyou'], pack_ids: [aPack().pack_id], segment: aCampaign().segment, note: '' })
  expect(call!.headers.get('Idempotency-Key')).toBeTruthy()
  expect(router.currentRoute.value.path).toBe(`/campaigns/${ID}`)
})

test('what the server refuses stands at its field, and the draft stays', async () => {
  const refused = problem('campaign-dates-wrong', { errors: [{ pointer: '/ends_on', rule: 'campaign-dates-wrong', message: 'x' }] })
  const { view } = await page('campaign-new', '/campaigns/new', { 'POST /campaigns': [422, refused] })
  for (const [name, value] of [['campaign-name', '一'], ['campaign-theme', '二'], ['campaign-starts-on', '2026-01-01'], ['campaign-ends-on', '2026-01-02']]) await view.get(`[data-testid=${name}]`).setValue(value)
  await view.get('[data-testid=game-xiyou]').setValue(true)
  await view.get('[data-testid=campaign-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=campaign-ends-on]').attributes('aria-invalid')).toBe('true')
  expect(view.text()).toContain('结束日期不能早于开始日期，也不能已经过去')
  expect((view.get('[data-testid=campaign-name]').element as HTMLInputElement).value).toBe('一')
})

test('an audience that cannot be counted hinders nothing', async () => {
  const { view } = await page('campaign-new', '/campaigns/new', { 'POST /campaign-audiences': [503, problem('unavailable')] })
  expect(view.get('[data-testid=audience]').text()).toContain('人数暂时算不出来')
  expect(view.find('[data-testid=campaign-save]').exists()).toBe(true)
})

test('a draft is launched after one more question, and its list is drawn (R15)', async () => {
  const { view, stub } = await page('campaign', `/campaigns/${ID}`, {
    [`POST /campaigns/${ID}/launch`]: [200, running()], [`GET /campaign-draws/${ID}`]: [200, draw({ state: 'running', looked_at: 100, added: 4, finished_at: null })],
  })
  expect(view.text()).toContain('启动后才生成名单和进度')
  expect(view.get('[data-testid=plan]').text()).toMatch(/大R \/ 超R · 7 天没联系 · 至少消费 ¥500\.00/)
  await view.get('[data-testid=launch]').trigger('click')
  await settled()
  expect(stub.of(`POST /campaigns/${ID}/launch`)).toHaveLength(0)
  await view.get('[data-testid=launch-yes]').trigger('click')
  await settled()
  expect(stub.of(`POST /campaigns/${ID}/launch`)[0]!.headers.get('If-Match')).toBe('"3"')
  expect(view.get('[data-testid=campaign-state]').attributes('data-state')).toBe('running')
  expect(view.get('[data-testid=draw]').text()).toContain('已看 100 / 500 位玩家，列入 4 位')
  expect(view.find('[data-testid=launch]').exists()).toBe(false)
})

test('who launches what a colleague has just changed sees it as it is now (R13)', async () => {
  const { view } = await page('campaign', `/campaigns/${ID}`, { [`POST /campaigns/${ID}/launch`]: [412, problem('stale-version', { current: aCampaign({ theme: '新主题', version: 4 }) })] })
  await view.get('[data-testid=launch]').trigger('click')
  await settled()
  await view.get('[data-testid=launch-yes]').trigger('click')
  await settled()
  expect(view.get('[data-testid=plan]').text()).toContain('新主题')
  expect(texts()).toEqual(['同事刚刚改过，已显示最新内容，请再操作一次。'])
})

test('an edit sends what differs; where both changed the same, both are shown and mine is kept (R13)', async () => {
  const { view, stub } = await page('campaign', `/campaigns/${ID}`, {
    [`PATCH /campaigns/${ID}`]: (_call, attempt) => (attempt === 1 ? [412, problem('stale-version', { current: aCampaign({ theme: '他的主题', version: 9 }) })] : [200, aCampaign({ theme: '我的主题', version: 10 })]),
  })
  await view.get('[data-testid=edit-plan]').trigger('click')
  await view.get('[data-testid=campaign-theme]').setValue('我的主题')
  await view.get('[data-testid=plan-edit]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=conflict]').text()).toMatch(/他的主题.*我的主题/)
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  expect(stub.of(`PATCH /campaigns/${ID}`).map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"3"', { theme: '我的主题' }], ['"9"', { theme: '我的主题' }]])
  expect(view.get('[data-testid=plan]').text()).toContain('我的主题')
})

test('once launched, games and first day stay; the rest may change', async () => {
  const { view } = await page('campaign', `/campaigns/${ID}`, { [`GET /campaigns/${ID}`]: [200, running()] })
  await view.get('[data-testid=edit-plan]').trigger('click')
  const disabled = (name: string) => view.get(`[data-testid=${name}]`).attributes('disabled') !== undefined
  expect([disabled('campaign-starts-on'), disabled('game-xiyou'), disabled('campaign-ends-on'), disabled('tier-big')]).toEqual([true, true, false, false])
})

test('progress is a bar with words for each agent, and each word leads to those players (R15)', async () => {
  const { view, stub } = await page('campaign', `/campaigns/${ID}`, { [`GET /campaigns/${ID}`]: [200, running()], 'POST /campaign-draws': [202, draw({ state: 'running', round: 2, looked_at: 0, added: 0 })], [`GET /campaigns/${ID}/packs`]: [200, list(aPack(), aPack({ pack_id: 'd2', code: 'M3N4P', campaign_id: ID }))] })
  const row = view.findAll('[data-testid=progress-row], [data-testid=progress-total]')[1]!
  expect(row.text()).toMatch(/林小雨.*已联系 6 \/ 10.*2 单.*实收 ¥998\.00.*待联系 4.*未回复 1.*考虑中 2.*未成交 1.*已成交 2/)
  expect(row.get('[data-testid=progress-won]').attributes('href')).toBe(`/campaigns/${ID}/calls?agent=KF001&state=won`)
  expect(view.get('[data-testid=draw]').text()).toContain('未成年 3 位、勿再联系 1 位没有列入')
  expect(view.get('[data-testid=campaign-packs]').text()).toMatch(/K7M2X.*选入.*M3N4P.*为活动定制/)
  await view.get('[data-testid=draw-again]').trigger('click')
  await settled()
  expect(stub.of('POST /campaign-draws')[0]!.body).toEqual({ campaign_id: ID })
  expect(view.get('[data-testid=draw]').attributes('data-state')).toBe('running')
})

test('of another team a lead changes nothing, and is told whose it is', async () => {
  const { view } = await page('campaign', `/campaigns/${ID}`, { [`GET /campaigns/${ID}`]: [200, running({ team: '二组' })] })
  for (const name of ['end', 'edit-plan', 'draw-again']) expect(view.find(`[data-testid=${name}]`).exists()).toBe(false)
  expect(view.text()).toContain('归二组的组长或管理员修改')
})

test('a campaign that does not exist says so', async () => {
  const { view } = await page('campaign', `/campaigns/${ID}`, { [`GET /campaigns/${ID}`]: [404, problem('not-found')] })
  expect(view.get('[role=alert]').text()).toContain('没有这个活动')
})

const call = (touch: Touch | null, change = {}) => ({ campaign_id: ID, player_id: aCard().player_id, owner_agent_id: 'KF001', tier: 'whale', tier_then: 'big', state: 'open', drawn_at: AT, touches: 0, updated_at: AT, last_touch: touch, player: aCard(), ...change })
test('from a call list, the contact is that campaign\'s (R15, R16)', async () => {
  const stub = stubApi({ 'GET /campaigns': [200, list(running())], 'GET /lost-reasons': [200, list()], 'POST /touches': [201, aTouch()] })
  const router = testRouter()
  await router.push(`/?player=${PLAYER_ID}&campaign=${ID}`)
  const view = show(TouchForm, { props: { playerId: PLAYER_ID }, router })
  await settled()
  expect((view.get('[data-testid=campaign]').element as HTMLSelectElement).value).toBe(ID)
  await view.get('input[value=no_reply]').setValue(true)
  await view.get('[data-testid=touch-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /touches')[0]!.body).toEqual({ player_id: PLAYER_ID, outcome: 'no_reply', campaign_id: ID })
})

const source = (status: string) => ({ status, as_of: AT, problem: null })

test('the call list puts in front what was said last, and opens the player for this campaign (R15, R18)', async () => {
  const calls = { ...list(call(aTouch()), call(null, { player_id: 'p2', state: 'won', touches: 2, drawn_at: null })), sources: { players: source('ok'), sales: source('ok') } }
  const { view, stub, router } = await page('campaign-calls', `/campaigns/${ID}/calls?agent=KF001&state=open`, { 'GET /campaign-call-list': [200, calls], 'GET /exports/campaign-calls': [422, problem('export-too-large')] }, AGENT)
  expect(Object.fromEntries(stub.of('GET /campaign-call-list')[0]!.query)).toEqual({ campaign_id: ID, agent: 'KF001', state: 'open', limit: '50' })
  const [first, second] = view.findAll('[data-testid=row]')
  expect(first!.text()).toMatch(/超R.*阿龙.*未成交.*价格太高 — 觉得贵.*林小雨.*待联系/)
  expect(second!.text()).toMatch(/还没联系过.*已成交.*名单外.*2 次/)
  expect(first!.get('a').attributes('href')).toBe(`/?player=${aCard().player_id}&campaign=${ID}`)
  expect(view.get('[data-testid=view-mine]').attributes('aria-current')).toBe('true')
  await view.get('[data-testid=filter-state]').setValue('thinking')
  await settled()
  expect(router.currentRoute.value.query).toEqual({ agent: 'KF001', state: 'thinking' })
  await view.get('[data-testid=export]').trigger('click')
  await settled()
  expect(Object.fromEntries(stub.of('GET /exports/campaign-calls')[0]!.query)).toEqual({ lang: 'zh', campaign_id: ID, agent: 'KF001', state: 'thinking' })
})

test('the call list works while players do not answer (B9)', async () => {
  const calls = { ...list(call(aTouch(), { player: null })), sources: { players: source('unavailable'), sales: source('ok') } }
  const { view } = await page('campaign-calls', `/campaigns/${ID}/calls`, { 'GET /campaign-call-list': [200, calls] })
  expect(view.get('[data-testid=players-missing]').text()).toContain('名单照常可用')
  expect(view.get('[data-testid=row]').text()).toContain('价格太高')
})
