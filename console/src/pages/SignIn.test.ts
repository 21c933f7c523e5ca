import { afterEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useLocale } from '../app/i18n'
import { AGENT, problem, settled, show, stubApi, testRouter } from '../testing/api'
import SignIn from './SignIn.vue'

const SESSION = { agent: AGENT, expires_at: '2099-01-01T00:00:00Z' }
async function signIn(address: string, answer: Parameters<typeof stubApi>[0][string] = [201, SESSION]) {
  const stub = stubApi({ 'POST /session': answer })
  const router = testRouter()
  await router.push(address)
  const view = show(SignIn, { router })
  await view.get('[data-testid=agent-id]').setValue('kf001 ')
  await view.get('[data-testid=password]').setValue('secret-secret')
  await view.get('[data-testid=sign-in]').trigger('submit')
  await settled()
  return { stub, router, view }
}

test('goes back to where the agent wanted to go', async () => {
  const { router, stub } = await signIn('/sign-in?next=/?player=p1')
  expect(router.currentRoute.value.fullPath).toBe('/?player=p1')
  expect(stub.calls[0]!.body).toEqual({ agent_id: 'KF001', password: 'secret-secret' })
})

test.each(['//evil.example', 'https://evil.example', '/\\evil.example'])('never leaves this site for %s', async (next) => {
  const { router } = await signIn(`/sign-in?next=${encodeURIComponent(next)}`)
  expect(router.currentRoute.value.fullPath).toBe('/')
})

test('a wrong id or password is said clearly, and only the password is typed again', async () => {
  const { view } = await signIn('/sign-in', [401, problem('unauthenticated')])
  expect(view.get('[role=alert]').text()).toBe('客服 ID 或密码不正确。')
  expect((view.get('[data-testid=agent-id]').element as HTMLInputElement).value).toBe('kf001 ')
  expect((view.get('[data-testid=password]').element as HTMLInputElement).value).toBe('')
})

test('who was signed out by time is told so, his id stands there and only the password is typed', async () => {
  sessionStorage.setItem('gamedesk:agent', 'KF001')
  const router = testRouter()
  await router.push('/sign-in?next=/tickets&expired=yes')
  const view = show(SignIn, { router })
  expect(view.get('[data-testid=session-expired]').text()).toBe('登录已过期，请重新登录；没保存的内容还在。')
  expect((view.get('[data-testid=agent-id]').element as HTMLInputElement).value).toBe('KF001')
  expect(document.activeElement).toBe(view.get('[data-testid=password]').element)
  await router.push('/sign-in')
  expect(show(SignIn, { router }).find('[data-testid=session-expired]').exists()).toBe(false)
})

test('drafts of the agent before are not shown to the next one', async () => {
  const loaded = vi.spyOn(location, 'assign').mockReturnValue()
  sessionStorage.setItem('gamedesk:agent', 'KF009')
  sessionStorage.setItem('gamedesk:draft:p1:ticket', '{"detail":"secret"}')
  await signIn('/sign-in')
  expect(sessionStorage.getItem('gamedesk:draft:p1:ticket')).toBeNull()
  expect(loaded).toHaveBeenCalledWith('/')
})

const TOO_MANY = (seconds: number): [number, unknown] => [429, problem('too-many-requests', { retry_after: seconds })]

/** Refused with so many seconds to wait, which `pass` lets go by; then the other answers, and at last a session. */
async function refused(seconds: number, address = '/sign-in', ...then: [number, unknown][]) {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  const answers = [TOO_MANY(seconds), ...then]
  const found = await signIn(address, (_call, attempt) => answers[attempt - 1] ?? [201, SESSION])
  const submit = async () => {
    await found.view.get('[data-testid=password]').setValue('secret-secret')
    await found.view.get('[data-testid=sign-in]').trigger('submit')
    await settled()
  }
  return {
    ...found, submit,
    pass: async (count: number) => { vi.advanceTimersByTime(count * 1_000); await nextTick() },
    attempts: () => found.stub.of('POST /session').length,
    shown: () => found.view.find('[data-testid=sign-in-wait] [aria-hidden]').element?.textContent,
    said: () => found.view.get('[role=status]').text(),
    button: () => found.view.get('[data-testid=sign-in-submit]').element as HTMLButtonElement,
  }
}
afterEach(async () => {
  vi.useRealTimers()
  await useLocale('zh-CN')
})

test('who has to wait before the next attempt sees for how long, and signs in when it is over', async () => {
  const { shown, said, button, submit, attempts, pass, view, router } = await refused(12, '/sign-in?next=/tickets')
  expect([shown(), view.find('[data-testid=problem]').exists()]).toEqual(['请在 12 秒后再试。', false])
  await pass(11)
  expect(shown()).toBe('请在 1 秒后再试。')
  await pass(1)
  expect([view.find('[data-testid=sign-in-wait]').exists(), said(), button().disabled]).toEqual([false, '现在可以再试了。', false])
  await submit()
  expect([attempts(), router.currentRoute.value.fullPath]).toEqual([2, '/tickets'])
})

test('the wait is said and not enforced: who was unlocked meanwhile, or got a new password, signs in at once', async () => {
  const { shown, button, submit, attempts, pass, view, router } = await refused(900, '/sign-in?next=/tickets', TOO_MANY(600))
  expect(view.get('[data-testid=sign-in-wait]').text()).toContain('管理员重设密码')
  await pass(240)
  expect([shown(), button().disabled]).toEqual(['请在 11 分钟后再试。', false])
  await submit()
  expect([attempts(), shown(), button().disabled]).toEqual([2, '请在 10 分钟后再试。', false])
  await submit()
  expect([attempts(), router.currentRoute.value.fullPath]).toEqual([3, '/tickets'])
})

test('a wrong password was looked at: the wait is over; an error says nothing about it', async () => {
  const { shown, submit, view } = await refused(900, '/sign-in', [503, problem('unavailable')], [401, problem('unauthenticated')])
  await submit()
  expect([shown(), view.find('[data-testid=problem]').exists()]).toEqual(['请在 15 分钟后再试。', true])
  await submit()
  expect([view.find('[data-testid=sign-in-wait]').exists(), view.get('[role=alert]').text()]).toEqual([false, '客服 ID 或密码不正确。'])
})

test('a long wait is counted in minutes, and read out once a minute instead of each second', async () => {
  await useLocale('en')
  const { shown, said, pass, view } = await refused(150)
  const heard: string[] = []
  const all: (string | null | undefined)[] = []
  for (let second = 0; second < 150; second++) {
    if (heard.at(-1) !== said()) heard.push(said())
    if (all.at(-1) !== shown()) all.push(shown())
    expect(view.get('[role=alert]').text()).toBe('Too many attempts.')
    await pass(1)
  }
  expect(heard).toEqual(['Try again in 3 min.', 'Try again in 2 min.', 'Try again in 60 s.'])
  expect([all.length, all[1], all[2], all[3]]).toEqual([62, 'Try again in 2 min.', 'Try again in 60 s.', 'Try again in 59 s.'])
  expect(said()).toBe('You can try again now.')
})

test('the wait is that of one agent: another may sign in here meanwhile', async () => {
  const { view, attempts, submit } = await refused(900)
  await view.get('[data-testid=agent-id]').setValue('KF002')
  expect(view.find('[data-testid=sign-in-wait]').exists()).toBe(false)
  await view.get('[data-testid=agent-id]').setValue(' KF001')
  expect(view.find('[data-testid=sign-in-wait]').exists()).toBe(true)
  await view.get('[data-testid=agent-id]').setValue('KF002')
  await submit()
  expect(attempts()).toBe(2)
})
