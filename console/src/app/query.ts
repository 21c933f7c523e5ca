import { QueryClient, replaceEqualDeep, type QueryKey } from '@tanstack/vue-query'
import { mayRepeat as retry, repeatDelay as retryDelay } from '../api/problem'

/** The only store of server state. Live events keep it fresh; the stale time covers what they miss. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // Answers are replaced, never changed: nothing within them needs to be watched.
    queries: { staleTime: 60_000, gcTime: 5 * 60_000, retry, retryDelay, networkMode: 'always', shallow: true },
    // Repeating a write is safe: it carries the same Idempotency-Key or If-Match.
    mutations: { retry, retryDelay, networkMode: 'always' },
  },
})

/**
 * Changes an answer, where there is one. When it was given, that asking anew has failed, and that it is out of date stays as
 * it was, all of which `setQueryData` ends: what is old would be shown as new, and not asked for any more (B9).
 */
export function patch<T>(queryKey: QueryKey, change: (data: T) => T): void {
  const query = queryClient.getQueryCache().find<T>({ queryKey, exact: true })
  if (query?.state.data === undefined) return
  const { data: before, error, status, isInvalidated, dataUpdatedAt: updatedAt, dataUpdateCount, fetchStatus } = query.state
  const data = replaceEqualDeep(before, change(before))
  if (data === before) return
  // What is on its way may be cancelled, which brings back what was written this way last.
  if (fetchStatus !== 'idle') queryClient.setQueryData<T>(queryKey, () => data, { updatedAt })
  query.setState({ data, error, status, isInvalidated, dataUpdateCount: dataUpdateCount + 1 })
}

/** Keys read like paths. */
export const keys = {
  session: ['session'] as const,
  attention: ['home', 'attention'] as const,
  list: (q: string, owner: string) => ['home', 'list', owner, q] as const,
  lists: ['home', 'list'] as const,
  player: (id: string) => ['players', id] as const,
  home: (id: string) => ['players', id, 'home'] as const,
  section: (id: string, name: SectionName) => ['players', id, name] as const,
  entries: (ticketId: string) => ['tickets', ticketId, 'entries'] as const,
  /** Not of the server: the version that this page's write made of another. */
  ownWrite: (ticketId: string, version: number) => ['tickets', ticketId, 'own-writes', version] as const,
  contactBlock: (id: string) => ['players', id, 'contact-block'] as const,
  offer: (code: string, playerId: string) => ['offers', code, playerId] as const,
  lostReasons: ['lost-reasons'] as const,
}
export type SectionName = 'player' | 'tickets' | 'pitch' | 'touches' | 'quotes' | 'orders'
