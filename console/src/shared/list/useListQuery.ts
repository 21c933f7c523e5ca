import { keepPreviousData, useInfiniteQuery, type InfiniteData, type Query } from '@tanstack/vue-query'
import { computed, markRaw, reactive, type Ref } from 'vue'
import { Problem } from '../../api/problem'
import { MOST_PAGES, pagesOf } from '../../app/invalidate'
import { queryClient } from '../../app/query'
import type { ListState, Page } from './list'

export const PAGE = 50
const FRESH_MS = 60_000

interface Asked { limit: number; cursor?: string }

/**
 * A list of the API, page by page, under the key `[name, 'list', filters]` (live changes find it by that). A list of
 * one or two pages is fetched anew when it is old, comes back into sight, or once a minute; a longer one only when the
 * agent asks, for a refetch would ask for every page again.
 */
export function useListQuery<Row, F extends object>(
  name: string,
  filters: Ref<F>,
  fetchPage: (filters: F, asked: Asked, signal: AbortSignal) => Promise<Page<Row>>,
): ListState<Row> {
  type Pages = InfiniteData<Page<Row>, string | undefined>
  const key = computed(() => [name, 'list', filters.value] as const)
  const isShort = (query: Query<Page<Row>, Error, Pages, never>) => pagesOf(query as unknown as Query) <= MOST_PAGES
  const query = useInfiniteQuery<Page<Row>, Error, Pages, readonly unknown[], string | undefined>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetchPage(filters.value, { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: (one) => (isShort(one as never) ? FRESH_MS : Infinity),
    refetchOnMount: (one) => isShort(one as never),
    refetchOnWindowFocus: (one) => isShort(one as never),
    refetchInterval: (one) => (isShort(one as never) ? FRESH_MS : false),
  })
  const pages = computed(() => query.data.value?.pages ?? [])

  async function refresh(): Promise<void> {
    // A long list begins again with its first page: fetching all of them would take as many requests.
    queryClient.setQueryData<Pages>(key.value, (all) => all && { pages: all.pages.slice(0, 1), pageParams: all.pageParams.slice(0, 1) })
    await query.refetch()
  }
  return reactive({
    rows: computed(() => markRaw(pages.value.flatMap((page) => page.items))),
    status: computed(() => (query.data.value ? (query.isError.value && !query.isFetchNextPageError.value ? 'stale' : 'ok') : query.isError.value ? 'error' : 'loading')),
    problem: computed(() => (query.error.value instanceof Problem ? query.error.value : null)),
    changing: query.isPlaceholderData,
    refreshing: query.isFetching,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    moreFailed: query.isFetchNextPageError,
    refine: computed(() => pages.value[0]?.refine === true),
    outdated: computed(() => pages.value.length > MOST_PAGES && query.isStale.value && !query.isFetching.value),
    more: () => { if (query.hasNextPage.value && !query.isFetching.value) void query.fetchNextPage() },
    refresh: () => void refresh(),
    async upTo(rows: number) {
      while (pages.value.reduce((sum, page) => sum + page.items.length, 0) < rows && query.hasNextPage.value) {
        if ((await query.fetchNextPage()).isError) return
      }
    },
  }) as unknown as ListState<Row>
}
