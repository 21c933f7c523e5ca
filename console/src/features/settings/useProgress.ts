import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

const PROGRESS_MS = 1_500

/** The latest of things that go on in the background, asked for again as long as one does; they have no live events. */
export function useProgressList<T>(name: string, fetch: (signal: AbortSignal) => Promise<{ items: T[] }>, runs: (data: T) => boolean) {
  const query = useQuery({
    queryKey: [name, 'list', 'latest'],
    queryFn: ({ signal }) => fetch(signal),
    refetchInterval: ({ state }) => ((state.data as { items: T[] } | undefined)?.items.some(runs) ? PROGRESS_MS : false),
  })
  return { query, items: computed(() => query.data.value?.items ?? []) }
}
