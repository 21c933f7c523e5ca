import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '../api/client'
import { Problem } from '../api/problem'
import type { Session } from '../api/types'
import { keys, queryClient } from './query'
import { loadAnew } from './unload'

const LAST_AGENT = 'gamedesk:agent'
const known = () => queryClient.getQueryData<Session | null>(keys.session)
/** All tabs of the browser have one session: who signs in or out in one does so in all, and they begin anew. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('gamedesk-session')
tabs?.addEventListener('message', ({ data }) => {
  if (data === null) forget()
  if (data !== (known()?.agent.agent_id ?? null)) loadAnew()
})

/** Whose work this tab holds, also when nobody is signed in any more. */
export const lastAgent = () => sessionStorage.getItem(LAST_AGENT)
function forget(): void {
  const last = lastAgent()
  sessionStorage.clear()
  if (last !== null) sessionStorage.setItem(LAST_AGENT, last)
}

/**
 * Drafts outlive an expired session, also in a tab in which nobody has signed in, but only for the agent who typed
 * them: another finds nothing of what was typed and read. Says whether there was another.
 */
function takeOver({ agent: { agent_id } }: Session): boolean {
  const last = lastAgent()
  if (last !== null && last !== agent_id) sessionStorage.clear()
  sessionStorage.setItem(LAST_AGENT, agent_id)
  return last !== null && last !== agent_id
}

async function fetchSession(): Promise<Session | null> {
  try {
    const session = await unwrap(api.GET('/api/session'))
    if (takeOver(session)) loadAnew()
    return session
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}
const options = { queryKey: keys.session, queryFn: fetchSession, staleTime: 5 * 60_000 }

/** Who is signed in, asked once and then kept; null when nobody is. */
export const currentSession = () => queryClient.ensureQueryData(options)
export const refetchSession = () => queryClient.fetchQuery({ ...options, staleTime: 0 })

/** Says whether the page still holds what another agent left in it. */
export async function signIn(agentId: string, password: string): Promise<boolean> {
  const session = await unwrap(api.POST('/api/session', { body: { agent_id: agentId, password } }))
  queryClient.clear()
  const another = takeOver(session)
  queryClient.setQueryData(keys.session, session)
  tabs?.postMessage(session.agent.agent_id)
  return another
}

/** Ends the session and loads the page anew, so that nothing of it is left: neither here nor in other tabs. */
export async function signOut(): Promise<void> {
  await unwrap(api.DELETE('/api/session')).catch((error: unknown) => {
    if (!(error instanceof Problem && error.status === 401)) throw error
  })
  forget()
  tabs?.postMessage(null)
  loadAnew('/sign-in')
}

export function useAgent() {
  const { data } = useQuery({ ...options, refetchOnWindowFocus: false })
  return computed(() => data.value?.agent ?? null)
}
