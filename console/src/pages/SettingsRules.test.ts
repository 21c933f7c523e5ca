import { expect, test } from 'vitest'
import { undoLast } from '../shared/notices'
import { AGENT, list, problem, settled, type stubApi } from '../testing/api'
import { ADMIN, at, category, LEAD, noticed, reason, rule, rules, settingsPage, template } from '../testing/settings'

test('working hours with several shifts are saved as a new revision, which says what changed when (R20)', async () => {
  const { view, stub } = await settingsPage('/settings/service-rules', LEAD, { 'PUT /service-rules': [200, { ...rules, revision: 3 }] })
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
  const { view, stub } = await settingsPage('/settings/service-rules', LEAD, { 'PUT /service-rules': (_call, attempt) => attempt === 1 ? [412, problem('stale-version', { current })] : [200, { ...current, revision: 4 }] })
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
  const { view, stub } = await settingsPage('/settings/categories', LEAD, { 'PATCH /ticket-categories/payment': [200, { ...category, version: 4 }] })
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
  const { view, stub } = await settingsPage('/settings/lost-reasons', LEAD, { 'PATCH /lost-reasons/r1': (_call, attempt) => [200, { ...reason, active: attempt !== 1, version: 2 + attempt }] })
  await view.get('[data-testid=reason-active]').trigger('click')
  await settled()
  expect(noticed()).toEqual(['「价格太高」已停用。'])
  undoLast()
  await settled()
  expect(stub.of('PATCH /lost-reasons/r1').map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"2"', { active: false }], ['"3"', { active: true }]])
})

test('a placeholder goes in where the cursor is, the preview fills it in, a stray brace is named (B11)', async () => {
  const { view, stub } = await settingsPage('/settings/templates', AGENT, { 'POST /reply-templates': [201, { ...template, personal: true }] })
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
  const { view, stub } = await settingsPage('/settings/discount-rules', LEAD, { 'POST /discount-rules': [201, rule], 'GET /discount-rule-changes': [200, list(change)] })
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
  const { view, stub } = await settingsPage('/settings/contact-rules', LEAD, { 'GET /contact-rules': [200, contact], 'PUT /contact-rules': [200, { ...contact, version: 2 }] })
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
  const { view, stub } = await settingsPage('/settings/minor-caps', ADMIN, routes)
  await view.get('[data-testid=cap-edit]').trigger('click')
  await view.get('[data-testid=cap-month]').setValue('150.5')
  await view.get('[data-testid=cap-form]').trigger('submit')
  await settled()
  expect(stub.of('PUT /minor-caps/8_15')[0]!.body).toEqual({ per_order_fen: 5000, per_month_fen: 15050 })
})

test.each([['templates', 'template-new', 'new-template', 'template-title'], ['categories', 'category-new', 'new-category', 'category-name-zh']])('a new one of %s is left by Esc with what was typed, and thrown away by cancelling', async (section, open, form, field) => {
  const { view } = await settingsPage(`/settings/${section}`, ADMIN)
  const typed = () => (view.get(`[data-testid=${field}]`).element as HTMLInputElement).value
  const begin = async () => { await view.get(`[data-testid=${open}]`).trigger('click'); await settled() }
  await begin()
  await view.get(`[data-testid=${field}]`).setValue('打了一半')
  await view.get(`[data-testid=${form}]`).trigger('keydown', { key: 'Escape' })
  await settled()
  expect(view.find(`[data-testid=${form}]`).exists()).toBe(false)
  await begin()
  expect(typed()).toBe('打了一半')
  await view.get(`[data-testid=${form}-cancel]`).trigger('click')
  await settled()
  await begin()
  expect(typed()).toBe('')
})
