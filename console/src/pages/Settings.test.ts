import { expect, test } from 'vitest'
import { keys, queryClient } from '../app/query'
import { notices, undoLast } from '../shared/notices'
import { AGENT, list, problem, settled, showPage, stubApi } from '../testing/api'

const at = '2026-03-01T02:00:00Z'
const colleague = { ...AGENT, agent_id: 'KF002', name: '张三', wechat_id: 'desk_kf002', wechat_name: '客服张三', version: 4 }
const away = { ...AGENT, agent_id: 'KF003', name: '李四', active: false, wechat_id: null, wechat_name: null }
const ADMIN = { ...AGENT, role: 'admin' as const }
const LEAD = { ...AGENT, role: 'lead' as const }
const sync = { circuit: 'open', open_until: at, due: 12, last_answer_at: at, last_failure_at: at, last_reason: 'timeout' }
const category = { category_id: 'payment', name_zh: '充值', name_en: 'Payment', active: true, default_priority: 'high', form: [], version: 3, created_at: at, updated_at: at }
const week = { mon: [['09:00', '12:00'], ['13:00', '18:00']], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
const target = { first_response_minutes: 30, resolution_minutes: 480 }
const rules = { revision: 2, zone: 'Asia/Shanghai', weekly: week, special_days: [{ date: '2026-10-01', name: '国庆', shifts: [] }], targets: { low: target, normal: target, high: target, urgent: target }, created_by: 'KF001', created_at: at }
const first = { ...rules, revision: 1, created_by: null, weekly: { ...week, mon: [['09:00', '18:00']] }, special_days: [] }
const reason = { reason_id: 'r1', name: '价格太高', needs_note: false, active: true, version: 2 }
const template = { template_id: 't1', title: '问候', text: '您好 {player_name}', category_id: null, personal: false, owner_agent_id: null, active: true, position: 10, version: 1, created_at: at, updated_at: at }
const rule = { rule_id: 'd1', role: 'agent', game_id: null, campaign_id: null, max_discount_bp: 2000, lowest_price_fen: 600, rounding: 'fen', starts_on: null, ends_on: null, in_force: true, version: 1, created_by: null, updated_by: null, created_at: at, updated_at: at }

async function page(address: string, who: typeof AGENT = ADMIN, routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({
    'GET /agents': [200, list(ADMIN, colleague, away)], 'GET /agents/KF002': [200, colleague], 'GET /agents/KF002/wechat-bindings': [200, list({ binding_id: 'b1', wechat_id: 'desk_kf002', wechat_name: '客服张三', valid_from: at, valid_until: null })],
    'GET /handoffs': [200, list()], 'GET /resyncs': [200, list()], 'GET /games': [200, { items: [{ game_id: 'xiyou', name: '西游传说', sync }] }], 'GET /campaigns': [200, list()],
    'GET /ticket-categories': [200, { items: [category] }], 'GET /service-rules': [200, rules], 'GET /service-rules/revisions': [200, list(rules, first)],
    'GET /lost-reasons': [200, { items: [reason] }], 'GET /reply-templates': [200, { items: [template] }], 'GET /discount-rules': [200, { items: [rule] }], 'GET /discount-rule-changes': [200, list()],
    'GET /stand-ins': [200, list()], ...routes,
  })
  const shown = await showPage('settings', address)
  queryClient.setQueryData(keys.session, { agent: who, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, ...shown }
}
const texts = () => notices.map(({ text }) => text)
const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('everybody sees the settings that concern him, and what is not his is said', async () => {
  const { view } = await page('/settings', AGENT)
  const ids = view.findAll('[data-testid^=settings-]').map((one) => one.attributes('data-testid')).filter((id) => id !== 'settings-page')
  expect(ids).toEqual(['service-rules', 'templates', 'discount-rules', 'minor-caps', 'stand-ins', 'password'].map((id) => `settings-${id}`))
  expect(view.find('[data-testid=service-rules-edit]').exists()).toBe(false)
})

test('a section that is not his names who looks after it', async () => {
  const { view } = await page('/settings/agents', AGENT)
  expect(view.get('[data-testid=settings-none]').text()).toBe('这项设置由组长或管理员管理。')
})

test('agents are narrowed in the address; inactive ones are hidden at first (R21)', async () => {
  const { view, router } = await page('/settings/agents')
  expect(view.findAll('[data-testid=row]')).toHaveLength(2)
  await view.get('[data-testid=filter-work]').setValue('all')
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/settings/agents?work=all')
  expect(view.findAll('[data-testid=row]')).toHaveLength(3)
})

test('a new agent is made with his WeChat, by keys alone; what is wrong stands at its field (R21)', async () => {
  const { view, stub } = await page('/settings/agents', ADMIN, {
    'POST /agents': (_call, attempt) => attempt === 1 ? [409, problem('wechat-id-in-use', { errors: [{ pointer: '/wechat_id', rule: 'wechat-id-in-use', message: 'x' }] })] : [201, colleague],
  })
  press('n')
  await settled()
  for (const [name, value] of Object.entries({ id: 'KF002', name: '张三', 'wechat-id': 'desk_kf002', 'wechat-name': '客服张三', password: 'a long password' })) await view.get(`[data-testid=agent-form-${name}]`).setValue(value)
  await view.get('[data-testid=new-agent-form]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  expect(view.get('[data-testid=new-agent-form]').text()).toContain('这个微信号已被使用。')
  expect(sessionStorage.getItem('gamedesk:draft:settings:agents:new')).not.toContain('a long password')
  await view.get('[data-testid=new-agent-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /agents')[1]!.body).toEqual({ agent_id: 'KF002', name: '张三', role: 'agent', team: '', wechat_id: 'desk_kf002', wechat_name: '客服张三', password: 'a long password' })
  expect(view.get('[data-testid=agent-panel]').text()).toContain('张三')
})

test('an agent shows his WeChat with its dates, and is changed against his version; both texts stand after a conflict (R13, R21)', async () => {
  const { view, stub } = await page('/settings/agents?agent=KF002', ADMIN, {
    'PATCH /agents/KF002': (_call, attempt) => attempt === 1 ? [412, problem('stale-version', { current: { ...colleague, team: '二组', version: 5 } })] : [200, { ...colleague, team: '三组', version: 6 }],
  })
  expect(view.get('[data-testid=binding]').text()).toMatch(/desk_kf002.*使用中/)
  await view.get('[data-testid=agent-edit]').trigger('click')
  await view.get('[data-testid=agent-form-team]').setValue('三组')
  await view.get('[data-testid=agent-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=conflict-theirs]').text()).toBe('二组')
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  expect(stub.of('PATCH /agents/KF002').map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"4"', { team: '三组' }], ['"5"', { team: '三组' }]])
})

test('who is deactivated hands over his players, and how far that is shows', async () => {
  const handoff = { handoff_id: 'h1', from_agent_id: 'KF002', to_agent_id: 'KF001', reason: '离职', state: 'running', total: 200, moved: 50, requested_by: 'KF001', created_at: at, finished_at: null, stop_reason: null }
  let started = false
  const { view, stub } = await page('/settings/agents?agent=KF002', ADMIN, {
    'PATCH /agents/KF002': [200, { ...colleague, active: false, version: 5 }], 'GET /handoffs': () => [200, list(...(started ? [handoff] : []))],
    'POST /handoffs': () => { started = true; return [202, handoff] },
  })
  await view.get('[data-testid=agent-deactivate]').trigger('click')
  await settled()
  await view.get('[data-testid=agent-deactivate-yes]').trigger('click')
  await settled()
  expect(stub.of('PATCH /agents/KF002')[0]!.body).toEqual({ active: false })
  await view.get('[data-testid=handoff-to]').setValue('KF001')
  await view.get('[data-testid=handoff-reason]').setValue('离职')
  await view.get('[data-testid=handoff-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /handoffs')[0]!.body).toEqual({ from_agent_id: 'KF002', to_agent_id: 'KF001', reason: '离职' })
  expect(view.get('[data-testid=handoff]').text()).toContain('50 / 200')
})

test('a wrong current password is no ended session; a right one signs out', async () => {
  const { view, stub } = await page('/settings/password', AGENT, {
    'PUT /agents/KF001/password': (_call, attempt) => attempt === 1 ? [401, problem('sign-in-refused', { errors: [{ pointer: '/current_password', rule: 'sign-in-refused', message: 'x' }] })] : [204],
  })
  await view.get('[data-testid=password-current]').setValue('old one')
  await view.get('[data-testid=password-next]').setValue('a new password')
  await view.get('[data-testid=password-again]').setValue('a new passwort')
  expect(view.get('[data-testid=password-form-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=password-again]').setValue('a new password')
  await view.get('[data-testid=password-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=password-form]').text()).toContain('当前密码不对。')
  await view.get('[data-testid=password-form]').trigger('submit')
  await settled()
  expect(stub.of('PUT /agents/KF001/password')[1]!.body).toEqual({ new_password: 'a new password', current_password: 'old one' })
  expect(texts()).toContain('密码已改，请用新密码登录。')
})

test('games are read-only and say how asking them goes; a sync shows how far it is (R20)', async () => {
  let started = false
  const resync = { resync_id: 's1', game_ids: ['xiyou'], state: 'running', total: 100, remaining: 40, requested_by: 'KF001', created_at: at, finished_at: null }
  const { view, stub } = await page('/settings/games', LEAD, {
    'GET /resyncs': () => [200, list(...(started ? [resync] : []))], 'POST /resyncs': () => { started = true; return [202, resync] },
  })
  expect(view.get('[data-testid=game]').text()).toMatch(/西游传说.*已熔断.*12.*超时/)
  await view.get('[data-testid=resync-game]').trigger('click')
  await settled()
  expect(stub.of('POST /resyncs')[0]!.body).toEqual({ game_ids: ['xiyou'] })
  expect(view.get('[data-testid=resync]').text()).toContain('60 / 100')
})

test('working hours with several shifts are saved as a new revision, which says what changed when (R20)', async () => {
  const { view, stub } = await page('/settings/service-rules', LEAD, { 'PUT /service-rules': [200, { ...rules, revision: 3 }] })
  expect(view.findAll('[data-testid=revision]')[0]!.text()).toMatch(/第 2 版.*工作时间.*周一 09:00–18:00.*周一 09:00–12:00, 13:00–18:00.*节假日和调休.*国庆: 放假/s)
  await view.get('[data-testid=service-rules-edit]').trigger('click')
  await view.get('[data-testid=shifts-mon-add]').trigger('click')
  await view.get('[data-testid=copy-monday]').trigger('click')
  await view.get('[data-testid=first-urgent]').setValue('600')
  expect(view.get('[data-testid=service-rules-form-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=first-urgent]').setValue('5')
  expect(view.get('[data-testid=what-changes]').text()).toContain('工作时间, 时限')
  await view.get('[data-testid=service-rules-form]').trigger('submit')
  await settled()
  const [call] = stub.of('PUT /service-rules')
  const monday = [['09:00', '12:00'], ['13:00', '18:00'], ['18:00', '21:00']]
  expect(call!.headers.get('If-Match')).toBe('"2"')
  expect(call!.body).toMatchObject({ weekly: { mon: monday, fri: monday, sat: [] }, targets: { urgent: { first_response_minutes: 5, resolution_minutes: 480 } } })
})

test('a colleague\'s rules of service stand beside mine, mine are kept on top of them (R13)', async () => {
  const current = { ...rules, revision: 3, zone: 'Asia/Tokyo' }
  const { view, stub } = await page('/settings/service-rules', LEAD, { 'PUT /service-rules': (_call, attempt) => attempt === 1 ? [412, problem('stale-version', { current })] : [200, { ...current, revision: 4 }] })
  await view.get('[data-testid=service-rules-edit]').trigger('click')
  await view.get('[data-testid=zone]').setValue('UTC')
  await view.get('[data-testid=service-rules-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=conflict-theirs]').text()).toBe('Asia/Tokyo')
  await view.get('[data-testid=conflict-keep]').trigger('click')
  await settled()
  expect(stub.of('PUT /service-rules')[1]!.headers.get('If-Match')).toBe('"3"')
  expect(stub.of('PUT /service-rules')[1]!.body).toMatchObject({ zone: 'UTC' })
})

test('a form is built field by field, moved and checked before it is saved (R9)', async () => {
  const { view, stub } = await page('/settings/categories', LEAD, { 'PATCH /ticket-categories/payment': [200, { ...category, version: 4 }] })
  await view.get('[data-testid=category-edit]').trigger('click')
  await view.get('[data-testid=field-add]').trigger('click')
  await view.get('[data-testid=field-zh]').setValue('渠道')
  await view.get('[data-testid=field-en]').setValue('Channel')
  await view.get('[data-testid=field-kind]').setValue('choice')
  expect(view.get('[data-testid=form-field]').text()).toContain('请填至少一个选项')
  await view.get('[data-testid=field-options]').setValue('微信\n支付宝\n')
  await view.get('[data-testid=field-add]').trigger('click')
  await view.findAll('[data-testid=field-zh]')[1]!.setValue('金额')
  await view.findAll('[data-testid=field-en]')[1]!.setValue('Amount')
  await view.findAll('[data-testid=field-up]')[1]!.trigger('click')
  await view.get('[data-testid=category-form]').trigger('submit')
  await settled()
  expect(stub.of('PATCH /ticket-categories/payment')[0]!.body).toEqual({ form: [
    { key: 'field_2', label_zh: '金额', label_en: 'Amount', kind: 'text', required: false },
    { key: 'field_1', label_zh: '渠道', label_en: 'Channel', kind: 'choice', required: false, options: ['微信', '支付宝'] },
  ] })
})

test('a reason is taken off the list, and that is undone (R18)', async () => {
  const { view, stub } = await page('/settings/lost-reasons', LEAD, { 'PATCH /lost-reasons/r1': (_call, attempt) => [200, { ...reason, active: attempt !== 1, version: 2 + attempt }] })
  await view.get('[data-testid=reason-active]').trigger('click')
  await settled()
  expect(texts()).toEqual(['「价格太高」已停用。'])
  undoLast()
  await settled()
  expect(stub.of('PATCH /lost-reasons/r1').map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"2"', { active: false }], ['"3"', { active: true }]])
})

test('a placeholder goes in where the cursor is, the preview fills it in, a stray brace is named (B11)', async () => {
  const { view, stub } = await page('/settings/templates', AGENT, { 'POST /reply-templates': [201, { ...template, personal: true }] })
  expect(view.find('[data-testid=template-edit]').exists()).toBe(false)
  await view.get('[data-testid=template-new]').trigger('click')
  await view.get('[data-testid=template-title]').setValue('已收到')
  const area = view.get('[data-testid=template-text]').element as HTMLTextAreaElement
  await view.get('[data-testid=template-text]').setValue('，您好{')
  expect(view.get('[data-testid=new-template]').text()).toContain('第 4 个字的花括号')
  await view.get('[data-testid=template-text]').setValue('，您好')
  area.setSelectionRange(0, 0)
  await view.get('[data-testid=insert-player_name]').trigger('click')
  expect(view.get('[data-testid=template-preview]').text()).toBe('阿龙，您好')
  await view.get('[data-testid=new-template]').trigger('submit')
  await settled()
  expect(stub.of('POST /reply-templates')[0]!.body).toEqual({ title: '已收到', text: '{player_name}，您好', category_id: null, position: 20, personal: true })
})

test('discount rules: percent and yuan become basis points and fen; leads set those of agents (R23)', async () => {
  const change = { change_id: 'c1', rule_id: 'd1', before: { ...rule, max_discount_bp: 1000 }, after: rule, changed_by: 'KF002', changed_at: at }
  const { view, stub } = await page('/settings/discount-rules', LEAD, { 'POST /discount-rules': [201, rule], 'GET /discount-rule-changes': [200, list(change)] })
  expect(view.get('[data-testid=discount-change]').text()).toMatch(/张三 修改.*最低 9 折.*最低 8 折/)
  await view.get('[data-testid=discount-new]').trigger('click')
  expect(view.get('[data-testid=discount-role]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=discount-game]').setValue('xiyou')
  await view.get('[data-testid=discount-max]').setValue('12.5')
  await view.get('[data-testid=discount-lowest]').setValue('6')
  await view.get('[data-testid=new-discount]').trigger('submit')
  await settled()
  expect(stub.of('POST /discount-rules')[0]!.body).toEqual({ role: 'agent', game_id: 'xiyou', campaign_id: null, max_discount_bp: 1250, lowest_price_fen: 600, rounding: 'fen', starts_on: null, ends_on: null })
})

test('contact rules are saved whole; a higher tier asks for no less (R16, B3)', async () => {
  const contact = { max_touches: 3, per_days: 7, warning_categories: ['payment'], tier_thresholds: [{ tier: 'big', spent_90_days_fen: 100000, spent_365_days_fen: 300000 }], updated_by: null, updated_at: at, version: 1 }
  const { view, stub } = await page('/settings/contact-rules', LEAD, { 'GET /contact-rules': [200, contact], 'PUT /contact-rules': [200, { ...contact, version: 2 }] })
  expect(view.get('[data-testid=contact-rules-panel]').text()).toMatch(/7 天内最多联系 3 次.*充值/)
  await view.get('[data-testid=contact-rules-edit]').trigger('click')
  await view.get('[data-testid=contact-max]').setValue('5')
  await view.get('[data-testid=tier-whale]').setValue(true)
  await view.get('[data-testid=tier-whale-90]').setValue('500')
  await view.get('[data-testid=tier-whale-365]').setValue('9000')
  expect(view.get('[data-testid=contact-rules-form]').text()).toContain('等级越高，金额不能越低。')
  await view.get('[data-testid=tier-whale-90]').setValue('2000')
  await view.get('[data-testid=contact-rules-form]').trigger('submit')
  await settled()
  expect(stub.of('PUT /contact-rules')[0]!.body).toEqual({ max_touches: 5, per_days: 7, warning_categories: ['payment'], tier_thresholds: [...contact.tier_thresholds, { tier: 'whale', spent_90_days_fen: 200000, spent_365_days_fen: 900000 }] })
})

test('caps of minors are seen by all and set by admins', async () => {
  const cap = { band: '8_15', per_order_fen: 5000, per_month_fen: 20000, currency: 'CNY', updated_by: null, updated_at: at, version: 1 }
  const routes = { 'GET /minor-caps': [200, { items: [cap] }], 'PUT /minor-caps/8_15': [200, { ...cap, version: 2 }] } as Parameters<typeof stubApi>[0]
  const { view, stub } = await page('/settings/minor-caps', ADMIN, routes)
  await view.get('[data-testid=cap-edit]').trigger('click')
  await view.get('[data-testid=cap-month]').setValue('150.5')
  await view.get('[data-testid=cap-form]').trigger('submit')
  await settled()
  expect(stub.of('PUT /minor-caps/8_15')[0]!.body).toEqual({ per_order_fen: 5000, per_month_fen: 15050 })
})

test('a lead lets somebody stand in for his team, and ends it', async () => {
  const standIn = { stand_in_id: 's1', owner_agent_id: 'KF002', stand_in_agent_id: 'KF001', from_on: '2026-03-01', until_on: '2099-03-02', reason: '休假', in_force: true, created_by: 'KF001', created_at: at, ended_by: null, ended_at: null, version: 1 }
  const { view, stub } = await page('/settings/stand-ins?owner=KF002', LEAD, { 'GET /stand-ins': [200, list(standIn)], 'POST /stand-ins': [201, standIn], 'POST /stand-ins/s1/end': [200, { ...standIn, ended_at: at, version: 2 }] })
  expect(stub.of('GET /stand-ins')[0]!.query.get('owner')).toBe('KF002')
  await view.get('[data-testid=stand-in-new]').trigger('click')
  for (const [name, value] of Object.entries({ owner: 'KF002', who: 'KF001', from: '2026-03-05', until: '2026-03-04', reason: '休假' })) await view.get(`[data-testid=stand-in-${name}]`).setValue(value)
  expect(view.get('[data-testid=new-stand-in]').text()).toContain('不能早于第一天')
  await view.get('[data-testid=stand-in-until]').setValue('2026-03-06')
  await view.get('[data-testid=new-stand-in]').trigger('submit')
  await settled()
  expect(stub.of('POST /stand-ins')[0]!.body).toEqual({ owner_agent_id: 'KF002', stand_in_agent_id: 'KF001', from_on: '2026-03-05', until_on: '2026-03-06', reason: '休假' })
  await view.get('[data-testid=stand-in-end]').trigger('click')
  await settled()
  await view.get('[data-testid=stand-in-end-yes]').trigger('click')
  await settled()
  expect(stub.of('POST /stand-ins/s1/end')[0]!.headers.get('If-Match')).toBe('"1"')
})

test('a section whose service is down says so and tries again (B9)', async () => {
  const { view } = await page('/settings/lost-reasons', LEAD, { 'GET /lost-reasons': (_call, attempt) => (attempt <= 3 ? [503, problem('unavailable')] : [200, { items: [reason] }]) })
  expect(view.get('[data-testid=lost-reasons-panel]').attributes('data-status')).toBe('error')
  await view.get('.failed button').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=reason]')).toHaveLength(1)
})
