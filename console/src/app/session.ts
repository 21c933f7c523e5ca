import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '../api/client'
import { Problem } from '../api/problem'
import type { Session } from '../api/types'
import { keys, queryClient } from './query'

const LAST_AGENT = 'gamedesk:agent'

/** Drafts outlive an expired session, also in a tab in which nobody has signed in, but only for the agent who typed them. */
function ownDrafts({ agent }: Session): void {
  const last = sessionStorage.getItem(LAST_AGENT)
  if (last !== null && last !== agent.agent_id) sessionStorage.clear()
  sessionStorage.setItem(LAST_AGENT, agent.agent_id)
}

async function fetchSession(): Promise<Session | null> {
  try {
    const session = await unwrap(api.GET('/api/session'))
    ownDrafts(session)
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

export async function signIn(agentId: string, password: string): Promise<void> {
  const session = await unwrap(api.POST('/api/session', { body: { agent_id: agentId, password } }))
  queryClient.clear()
  ownDrafts(session)
  queryClient.setQueryData(keys.session, session)
}

/** Ends the session and forgets everything that this tab knows of it. */
export async function signOut(): Promise<void> {
  await unwrap(api.DELETE('/api/session')).catch((error: unknown) => {
    if (!(error instanceof Problem && error.status === 401)) throw error
  })
  queryClient.clear()
  queryClient.setQueryData(keys.session, null)
  sessionStorage.clear()
}

export function useAgent() {
  const { data } = useQuery({ ...options, refetchOnWindowFocus: false })
  return computed(() => data.value?.agent ?? null)
}
