import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, toValue, type MaybeRefOrGetter } from 'vue'
import { Problem } from '../api/problem'
import type { PanelState } from './section'

export type One<T> = PanelState & {
  data: T | null
  /** There is no such thing (404). */
  missing: boolean
}

/**
 * One thing of a list, under the key `[name, 'one', id]` (live changes find it by that), as a Panel shows it: the last
 * answer stays, marked stale, when the next one fails.
 */
export function useOne<T>(name: string, id: MaybeRefOrGetter<string>, fetchOne: (id: string, signal: AbortSignal) => Promise<T>, refetchInterval: number | false = false): One<T> {
  const query = useQuery({
    queryKey: computed(() => [name, 'one', toValue(id)]),
    queryFn: ({ signal }) => fetchOne(toValue(id), signal),
    enabled: computed(() => toValue(id) !== ''),
    refetchInterval,
  })
  const problem = computed(() => (query.error.value instanceof Problem ? query.error.value : null))
  return reactive({
    data: computed(() => query.data.value ?? null),
    missing: computed(() => problem.value?.status === 404),
    status: computed(() => (query.data.value === undefined ? (query.isError.value ? 'error' : 'loading') : query.isError.value ? 'stale' : 'ok')),
    asOf: computed(() => (query.dataUpdatedAt.value ? new Date(query.dataUpdatedAt.value).toISOString() : null)),
    problem,
    refreshing: query.isFetching,
    refresh: () => void query.refetch(),
  }) as unknown as One<T>
}
