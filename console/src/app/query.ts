import { QueryClient } from '@tanstack/vue-query'
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
