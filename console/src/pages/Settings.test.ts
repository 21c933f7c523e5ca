import { expect, test } from 'vitest'
import { AGENT, list, problem, settled } from '../testing/api'
import { ADMIN, at, colleague, LEAD, noticed, reason, settingsPage } from '../testing/settings'

const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

test('everybody sees the settings that concern him, and what is not his is said', async () => {
  const { view } = await settingsPage('/settings', AGENT)
  const ids = view.findAll('[data-testid^=settings-]').map((one) => one.attributes('data-testid')).filter((id) => id !== 'settings-page')
  expect(ids).toEqual(['service-rules', 'templates', 'discount-rules', 'minor-caps', 'stand-ins', 'password'].map((id) => `settings-${id}`))
  expect(view.find('[data-testid=service-rules-edit]').exists()).toBe(false)
})

test('a section that is not his names who looks after it', async () => {
  const { view } = await settingsPage('/settings/agents', AGENT)
  expect(view.get('[data-testid=settings-none]').text()).toBe('这项设置由组长或管理员管理。')
})

test('agents are narrowed in the address; inactive ones are hidden at first (R21)', async () => {
  const { view, router } = await settingsPage('/settings/agents')
  expect(view.findAll('[data-testid=row]')).toHaveLength(2)
  await view.get('[data-testid=filter-work]').setValue('all')
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/settings/agents?work=all')
  expect(view.findAll('[data-testid=row]')).toHaveLength(3)
})

test('a new agent is made with his WeChat, by keys alone; what is wrong stands at its field (R21)', async () => {
  const { view, stub } = await settingsPage('/settings/agents', ADMIN, {
    'POST /agents': (_call, attempt) => attempt === 1 ? [409, problem('wechat-id-in-use', { errors: [{ pointer: '/wechat_id', rule: 'wechat-id-in-use', message: 'x' }] })] : [201, colleague],
  })
  press('n')
  await settled()
  for (const [name, value] of Object.entries({ id: 'KF002', name: '张三', 'wechat-id': 'desk_kf002', 'wechat-name': '客服张三', password: 'a long password' })) await view.get(`[data-testid=agent-form-${name}]`).setValue(value)
  await view.get('[data-testid=new-agent-form]').trigger('keydown', { key: 'Enter', ctrlKey: true })
  await settled()
  expect(view.get('[data-testid=new-agent-form]').text()).toContain('这个微信号已被使用，请核对。')
  expect(JSON.stringify({ ...sessionStorage })).toMatch(/^(?!.*a long password).*KF002/)
  await view.get('[data-testid=new-agent-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /agents')[1]!.body).toEqual({ agent_id: 'KF002', name: '张三', role: 'agent', team: '', wechat_id: 'desk_kf002', wechat_name: '客服张三', password: 'a long password' })
  expect(view.get('[data-testid=agent-panel]').text()).toContain('张三')
})

test('an agent shows his WeChat with its dates, and is changed against his version; both texts stand after a conflict (R13, R21)', async () => {
  const { view, stub } = await settingsPage('/settings/agents?agent=KF002', ADMIN, {
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
  const { view, stub } = await settingsPage('/settings/agents?agent=KF002', ADMIN, {
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
  const { view, stub } = await settingsPage('/settings/password', AGENT, {
    'PUT /agents/KF001/password': (_call, attempt) => attempt === 1 ? [401, problem('sign-in-refused', { errors: [{ pointer: '/current_password', rule: 'sign-in-refused', message: 'x' }] })] : [204],
  })
  await view.get('[data-testid=password-current]').setValue('old one')
  await view.get('[data-testid=password-next]').setValue('a new password')
  await view.get('[data-testid=password-again]').setValue('a new passwort')
  expect(view.get('[data-testid=password-form-save]').attributes('disabled')).toBeDefined()
  await view.get('[data-testid=password-again]').setValue('a new password')
  await view.get('[data-testid=password-form]').trigger('submit')
  await settled()
  expect(view.get('[data-testid=password-form]').text()).toContain('当前密码不对，请重新输入。')
  await view.get('[data-testid=password-form]').trigger('submit')
  await settled()
  expect(stub.of('PUT /agents/KF001/password')[1]!.body).toEqual({ new_password: 'a new password', current_password: 'old one' })
  expect(noticed()).toContain('密码已改，请用新密码登录。')
})

test('games are read-only and say how asking them goes; a sync shows how far it is (R20)', async () => {
  let started = false
  const resync = { resync_id: 's1', game_ids: ['xiyou'], state: 'running', total: 100, remaining: 40, requested_by: 'KF001', created_at: at, finished_at: null }
  const { view, stub } = await settingsPage('/settings/games', LEAD, {
    'GET /resyncs': () => [200, list(...(started ? [resync] : []))], 'POST /resyncs': () => { started = true; return [202, resync] },
  })
  expect(view.get('[data-testid=game]').text()).toMatch(/西游传说.*已暂停.*12.*超时/)
  await view.get('[data-testid=resync-game]').trigger('click')
  await settled()
  expect(stub.of('POST /resyncs')[0]!.body).toEqual({ game_ids: ['xiyou'] })
  expect(view.get('[data-testid=resync]').text()).toContain('60 / 100')
})

test('a lead lets somebody stand in for his team, and ends it', async () => {
  const standIn = { stand_in_id: 's1', owner_agent_id: 'KF002', stand_in_agent_id: 'KF001', from_on: '2026-03-01', until_on: '2099-03-02', reason: '休假', in_force: true, created_by: 'KF001', created_at: at, ended_by: null, ended_at: null, version: 1 }
  const { view, stub } = await settingsPage('/settings/stand-ins?owner=KF002', LEAD, { 'GET /stand-ins': [200, list(standIn)], 'POST /stand-ins': [201, standIn], 'POST /stand-ins/s1/end': [200, { ...standIn, ended_at: at, version: 2 }] })
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
  const { view } = await settingsPage('/settings/lost-reasons', LEAD, { 'GET /lost-reasons': (_call, attempt) => (attempt <= 3 ? [503, problem('unavailable')] : [200, { items: [reason] }]) })
  expect(view.get('[data-testid=lost-reasons-panel]').attributes('data-status')).toBe('error')
  await view.get('.failed button').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=reason]')).toHaveLength(1)
})

test('Esc leaves a form and keeps what was typed; cancelling throws it away', async () => {
  const { view } = await settingsPage('/settings/agents?agent=KF002', ADMIN)
  const typed = () => (view.get('[data-testid=agent-form-team]').element as HTMLInputElement).value
  const edit = async () => { await view.get('[data-testid=agent-edit]').trigger('click'); await settled() }
  await edit()
  await view.get('[data-testid=agent-form-team]').setValue('三组')
  await view.get('[data-testid=agent-form-team]').trigger('keydown', { key: 'Escape' })
  await settled()
  await edit()
  expect(typed()).toBe('三组')
  await view.get('[data-testid=agent-form-cancel]').trigger('click')
  await settled()
  await edit()
  expect(typed()).not.toBe('三组')
})

test('Esc keeps what was typed of something new as well', async () => {
  const { view } = await settingsPage('/settings/agents', ADMIN)
  const typed = () => (view.get('[data-testid=agent-form-name]').element as HTMLInputElement).value
  const begin = async () => { press('n'); await settled() }
  const leave = async (how: () => Promise<void>) => { await how(); await settled(); view.element.ownerDocument.body.focus(); await begin() }
  await begin()
  await view.get('[data-testid=agent-form-name]').setValue('张三')
  await leave(() => view.get('[data-testid=agent-form-name]').trigger('keydown', { key: 'Escape' }))
  expect(typed()).toBe('张三')
  await leave(() => view.get('[data-testid=new-agent-form-cancel]').trigger('click'))
  expect(typed()).toBe('')
})

test('a change of password whose answer is lost is not sent again: the old one may be wrong by now', async () => {
  const { view, stub } = await settingsPage('/settings/password', AGENT, { 'PUT /agents/KF001/password': 'network', 'GET /session': [401, problem('unauthenticated')] })
  for (const [name, value] of Object.entries({ current: 'old one', next: 'a new password', again: 'a new password' })) await view.get(`[data-testid=password-${name}]`).setValue(value)
  await view.get('[data-testid=password-form]').trigger('submit')
  await settled()
  expect([stub.of('PUT /agents/KF001/password').length, stub.of('GET /session').length]).toEqual([1, 1])
})
