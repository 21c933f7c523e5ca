import { expect, test, vi } from 'vitest'
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
