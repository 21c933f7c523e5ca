import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, reactive, watch, type ComputedRef } from 'vue'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import type { List, Order, Pitch, Player, Quote, Section, Ticket, Touch } from '../../api/types'
import { refresh } from '../../app/invalidate'
import { isFollowed, liveState } from '../../app/live'
import { keys, queryClient, type SectionName } from '../../app/query'
import { useAgent } from '../../app/session'
import { fresh, keepLast, panelStatus, untilWhole, type PanelState } from '../../shared/section'
import { refetchAfterWrites } from '../../shared/useOptimistic'
import { knownCard } from './usePlayerList'

interface SectionData { player: Player; tickets: List<Ticket>; pitch: Pitch; touches: List<Touch>; quotes: List<Quote>; orders: List<Order> }
const NAMES: SectionName[] = ['player', 'tickets', 'pitch', 'touches', 'quotes', 'orders']

const shownOf = <N extends SectionName>(id: string, name: N) => queryClient.getQueryData<Section<SectionData[N]>>(keys.section(id, name))?.data ?? null
const ticketsShown = (id: string): number => shownOf(id, 'tickets')?.items.length ?? 0

/** As many of his tickets as the page shows by then: whoever works on one of a later page keeps it. */
async function ticketsOf(id: string, signal: AbortSignal): Promise<List<Ticket>> {
  const items: Ticket[] = []
  let cursor: string | null = null
  do {
    const page: List<Ticket> = await unwrap(api.GET('/api/tickets', { params: { query: { player_id: [id], ...(cursor && { cursor }) } }, signal }))
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor && items.length < ticketsShown(id))
  return { items, next_cursor: cursor }
}

/** Fetches one section alone, from the service that owns it. */
const alone: { [N in SectionName]: (id: string, signal: AbortSignal) => Promise<SectionData[N]> } = {
  player: (id, signal) => unwrap(api.GET('/api/players/{player_id}', { params: { path: { player_id: id } }, signal })),
  tickets: ticketsOf,
  pitch: (id, signal) => unwrap(api.GET('/api/pitches/{player_id}', { params: { path: { player_id: id } }, signal })),
  quotes: (id, signal) => unwrap(api.GET('/api/quotes', { params: { query: { player_id: [id] } }, signal })),
  touches: (id, signal) => unwrap(api.GET('/api/touches', { params: { query: { player_id: [id] } }, signal })),
  orders: (id, signal) => unwrap(api.GET('/api/orders', { params: { query: { player_id: [id] } }, signal })),
}

/** What tells whether a section was written, fetched or found out of date since. */
function stampOf(id: string, name: SectionName): string {
  const state = queryClient.getQueryState(keys.section(id, name))
  return `${state?.dataUpdateCount ?? 0} ${state?.isInvalidated ?? false}`
}
/**
 * All sections at once. Each was read at some time after `id` was asked for: what has changed on the page since is newer,
 * and fetched alone instead.
 */
async function fetchWhole(id: string, signal: AbortSignal): Promise<string> {
  const before = new Map(NAMES.map((name) => [name, stampOf(id, name)]))
  const view = await unwrap(api.GET('/api/home/players/{player_id}', { params: { path: { player_id: id } }, signal }))
  for (const name of NAMES) {
    const key = keys.section(id, name)
    const hasMore = name === 'tickets' && view.tickets.data?.next_cursor && ticketsShown(id) > view.tickets.data.items.length
    const isOlder = stampOf(id, name) !== before.get(name) || queryClient.isFetching({ queryKey: key }) > 0 || queryClient.isMutating({ mutationKey: key }) > 0
    // Where there is nothing yet it is better than nothing.
    if (!(isOlder || hasMore) || shownOf(id, name) === null) seed(id, name, view)
    if (isOlder || hasMore) refetchAfterWrites(queryClient, key)
  }
  return view.player_id
}
function seed(id: string, name: SectionName, view: { [N in SectionName]: Section<SectionData[N]> }): void {
  queryClient.setQueryData<Section<unknown>>(keys.section(id, name), (before) => keepLast(before, view[name]))
}

/** The age of a player's card is that of his game profiles, as in the composed view. */
const lastSync = (player: Player) =>
  player.profiles.reduce<string | null>((last, { synced_at }) => (synced_at && synced_at > (last ?? '') ? synced_at : last), null) ?? new Date().toISOString()

export type SectionView<T> = PanelState & { data: T | null }

/**
 * Everything about one player. One request brings all sections; afterwards each section is a query of its
 * own, refetched alone when something of it changes, and keeping its last answer when that fails.
 */
export function usePlayerHome(id: string) {
  const whole = useQuery({ queryKey: keys.home(id), queryFn: ({ signal }) => fetchWhole(id, signal), staleTime: 30_000 })
  const missing = computed(() => whole.error.value instanceof Problem && whole.error.value.status === 404)
  const mayFetch = computed(() => (whole.isSuccess.value || whole.isError.value) && !missing.value)
  hearOfChanges(id)
  const player = useSection(id, 'player', mayFetch)
  return {
    missing,
    /** Whom a merged player's id leads to, by what was read last: a merge may have been undone since. */
    survivor: computed(() => [whole.isFetching.value ? null : whole.data.value, player.refreshing ? null : player.data?.player_id].find((found) => found && found !== id) ?? null),
    player,
    tickets: useSection(id, 'tickets', mayFetch),
    pitch: useSection(id, 'pitch', mayFetch),
    touches: useSection(id, 'touches', mayFetch),
    quotes: useSection(id, 'quotes', mayFetch),
    orders: useSection(id, 'orders', mayFetch),
  }
}

/**
 * Of a colleague's player the stream tells while he is open here, from its `hello` on: what came before that, and after
 * he was left, is fetched. Of one's own it tells at all times.
 */
function hearOfChanges(id: string): void {
  const agent = useAgent()
  const wasLive = liveState.value === 'live'
  const isMine = () => (shownOf(id, 'player') ?? knownCard(id))?.owner_agent_id === agent.value?.agent_id
  watch(() => isFollowed(id), (followed) => {
    if (followed && !(wasLive && isMine())) void refresh(keys.home(id))
  })
  onScopeDispose(() => void queryClient.invalidateQueries({ queryKey: keys.home(id), exact: true, refetchType: 'none' }))
}

function useSection<N extends SectionName>(id: string, name: N, enabled: ComputedRef<boolean>): SectionView<SectionData[N]> {
  const query = useQuery<Section<SectionData[N]>>({
    queryKey: keys.section(id, name),
    queryFn: async ({ signal }) => {
      const data = await alone[name](id, signal)
      return name === 'player' ? { ...fresh(data), as_of: lastSync(data as Player) } : fresh(data)
    },
    enabled,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnMount: ({ state }) => (state.data && state.data.status !== 'ok' ? 'always' : true),
    refetchInterval: (query) => untilWhole(query, (found) => [found]),
  })
  const section = query.data
  return reactive({
    data: computed(() => section.value?.data ?? null),
    status: computed(() => panelStatus(section.value, query.isError.value)),
    asOf: computed(() => section.value?.as_of ?? null),
    problem: computed(() => (query.error.value instanceof Problem ? query.error.value : (section.value?.problem ?? null))),
    refreshing: query.isFetching,
    refresh: () => void query.refetch(),
  }) as unknown as SectionView<SectionData[N]>
}
