import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

export const PROGRESS_MS = 1_500

/** Something that goes on in the background, asked for again as long as it does; it has no live events. */
export function useProgress<T>(name: string, id: MaybeRefOrGetter<string>, fetch: (id: string, signal: AbortSignal) => Promise<T>, runs: (data: T) => boolean) {
  return useQuery({
    queryKey: computed(() => [name, 'one', toValue(id)]),
    queryFn: ({ signal }) => fetch(toValue(id), signal),
    enabled: computed(() => toValue(id) !== ''),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data !== undefined && runs(state.data as T) ? PROGRESS_MS : false),
  })
}
/** The same for a list of such things, by its latest page. */
export function useProgressList<T>(name: string, fetch: (signal: AbortSignal) => Promise<{ items: T[] }>, runs: (data: T) => boolean) {
  const query = useQuery({
    queryKey: [name, 'list', 'latest'],
    queryFn: ({ signal }) => fetch(signal),
    refetchInterval: ({ state }) => ((state.data as { items: T[] } | undefined)?.items.some(runs) ? PROGRESS_MS : false),
  })
  return { query, items: computed(() => query.data.value?.items ?? []) }
}
