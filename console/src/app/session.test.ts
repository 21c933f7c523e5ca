import { afterEach, beforeEach, expect, test, vi, type MockInstance } from 'vitest'
import { AGENT, problem, stubApi } from '../testing/api'
import { queryClient } from './query'
import { currentSession, refetchSession, signIn, signOut } from './session'

const of = (agent_id: string) => ({ agent: { ...AGENT, agent_id }, expires_at: '2099-01-01T00:00:00Z' })
const DRAFT = 'gamedesk:draft:p1:ticket'
let reload: MockInstance
let assign: MockInstance
beforeEach(() => {
  reload = vi.spyOn(location, 'reload').mockReturnValue()
  assign = vi.spyOn(location, 'assign').mockReturnValue()
})
const other = new BroadcastChannel('gamedesk-session')
afterEach(() => { other.onmessage = null })

test('who signs in again after his session has ended finds what he was typing, also in a tab that he never signed in from', async () => {
  stubApi({ 'GET /session': [200, of('KF001')], 'POST /session': [201, of('KF001')] })
  await currentSession()
  sessionStorage.setItem(DRAFT, '{}')
  expect(await signIn('KF001', 'x')).toBe(false)
  expect(sessionStorage.getItem(DRAFT)).toBe('{}')
  expect(await refetchSession()).toMatchObject({ agent: { agent_id: 'KF001' } })
  expect(reload).not.toHaveBeenCalled()
})

test('another agent in the same tab finds nothing of it', async () => {
  stubApi({ 'GET /session': [200, of('KF001')], 'POST /session': [201, of('KF002')] })
  await currentSession()
  sessionStorage.setItem(DRAFT, '{}')
  expect(await signIn('KF002', 'x')).toBe(true)
  expect(sessionStorage.getItem(DRAFT)).toBeNull()
})

test('a tab whose session has become another agent\'s forgets the first one\'s work and begins anew', async () => {
  stubApi({ 'GET /session': (_call, attempt) => [200, of(attempt === 1 ? 'KF001' : 'KF002')] })
  await currentSession()
  sessionStorage.setItem(DRAFT, '{}')
  await refetchSession()
  expect(reload).toHaveBeenCalledOnce()
  expect(sessionStorage.getItem(DRAFT)).toBeNull()
})

test('who signs in or out in one tab does so in all', async () => {
  stubApi({ 'GET /session': [200, of('KF001')] })
  await currentSession()
  other.postMessage('KF001')
  other.postMessage('KF002')
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce())
})

test.each<[string, [number, object?]]>([['ends', [204]], ['has ended already', [401, problem('unauthenticated')]]])('signing out when the session %s leaves nothing in the page and tells the other tabs', async (_, answer) => {
  const heard = vi.fn()
  other.onmessage = ({ data }: MessageEvent) => heard(data)
  stubApi({ 'GET /session': [200, of('KF001')], 'DELETE /session': answer })
  await currentSession()
  sessionStorage.setItem(DRAFT, '{}')
  await signOut()
  expect(assign).toHaveBeenCalledWith('/sign-in')
  expect(sessionStorage.getItem(DRAFT)).toBeNull()
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(null))
  queryClient.clear()
})

test('who has signed out is still known: another agent\'s signing in begins anew, also where the page was not left', async () => {
  stubApi({ 'GET /session': [200, of('KF001')], 'DELETE /session': [204], 'POST /session': [201, of('KF002')] })
  await currentSession()
  await signOut()
  expect(await signIn('KF002', 'x')).toBe(true)
})

test('signing out in one tab takes the drafts of all, also where the session had ended before', async () => {
  stubApi({ 'GET /session': [200, of('KF001')] })
  await currentSession()
  queryClient.clear()
  sessionStorage.setItem(DRAFT, '{}')
  other.postMessage(null)
  await vi.waitFor(() => expect(sessionStorage.getItem(DRAFT)).toBeNull())
})
