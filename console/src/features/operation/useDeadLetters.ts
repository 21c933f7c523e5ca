import { useQueries } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import type { components } from '../../api/schema'
import { refresh } from '../../app/invalidate'
import { useListQuery } from '../../shared/list/useListQuery'

export type DeadLetter = components['schemas']['DeadLetter']
type Letters = components['schemas']['DeadLetters']
/** Who listens to others, and so may fail to understand them. */
export const LISTENERS = ['tickets', 'sales', 'catalog'] as const
export type Listener = (typeof LISTENERS)[number]

interface Asked { limit: number; cursor?: string }
const READ: Record<Listener, (query: Asked, signal: AbortSignal) => Promise<Letters>> = {
  tickets: (query, signal) => unwrap(api.GET('/api/tickets-dead-letters', { params: { query }, signal })),
  sales: (query, signal) => unwrap(api.GET('/api/sales-dead-letters', { params: { query }, signal })),
  catalog: (query, signal) => unwrap(api.GET('/api/catalog-dead-letters', { params: { query }, signal })),
}
const REPLAY: Record<Listener, (letter_id: number) => Promise<unknown>> = {
  tickets: (letter_id) => unwrap(api.POST('/api/tickets-dead-letters/{letter_id}/replay', { params: { path: { letter_id } } })),
  sales: (letter_id) => unwrap(api.POST('/api/sales-dead-letters/{letter_id}/replay', { params: { path: { letter_id } } })),
  catalog: (letter_id) => unwrap(api.POST('/api/catalog-dead-letters/{letter_id}/replay', { params: { path: { letter_id } } })),
}

export const useDeadLetters = (listener: Ref<Listener>) =>
  useListQuery<DeadLetter, { listener: Listener }>('dead-letters', computed(() => ({ listener: listener.value })), (filters, page, signal) => READ[filters.listener](page, signal))

/** How many wait with each listener; null for one that does not say. */
export function useWaiting() {
  const found = useQueries({
    queries: LISTENERS.map((listener) => ({
      queryKey: ['dead-letters', 'waiting', listener],
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await READ[listener]({ limit: 1 }, signal)).waiting,
    })),
  })
  return computed(() => Object.fromEntries(LISTENERS.map((listener, index) => [listener, found.value[index]?.data ?? null])) as Record<Listener, number | null>)
}

/** Replays one letter after the other; `done` is told whether it was this time, or somebody had been faster. */
export function useReplay(done: (first: boolean) => void) {
  const running = ref<number | null>(null)
  const failed = ref<{ letter: DeadLetter; problem: Problem } | null>(null)
  async function replay(listener: Listener, letter: DeadLetter): Promise<void> {
    if (running.value !== null) return
    running.value = letter.letter_id
    failed.value = null
    try {
      await REPLAY[listener](letter.letter_id)
      done(true)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.slug === 'dead-letter-not-waiting') done(false)
      else failed.value = { letter, problem: error }
    } finally {
      running.value = null
      await refresh(['dead-letters'])
    }
  }
  return { running, failed, replay }
}
