import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, type ComputedRef } from 'vue'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import type { List, Order, Pitch, Player, Quote, Section, Ticket, Touch } from '../../api/types'
import { keys, queryClient, type SectionName } from '../../app/query'
import { fresh, keepLast, panelStatus, type PanelState } from '../../shared/section'

const RECOVER_MS = 10_000

interface SectionData { player: Player; tickets: List<Ticket>; pitch: Pitch; touches: List<Touch>; quotes: List<Quote>; orders: List<Order> }

/** Fetches one section alone, from the service that owns it. */
const alone: { [N in SectionName]: (id: string, signal: AbortSignal) => Promise<SectionData[N]> } = {
  player: (id, signal) => unwrap(api.GET('/api/players/{player_id}', { params: { path: { player_id: id } }, signal })),
  tickets: (id, signal) => unwrap(api.GET('/api/tickets', { params: { query: { player_id: [id] } }, signal })),
  pitch: (id, signal) => unwrap(api.GET('/api/pitches/{player_id}', { params: { path: { player_id: id } }, signal })),
  quotes: (id, signal) => unwrap(api.GET('/api/quotes', { params: { query: { player_id: [id] } }, signal })),
  touches: (id, signal) => unwrap(api.GET('/api/touches', { params: { query: { player_id: [id] } }, signal })),
  orders: (id, signal) => unwrap(api.GET('/api/orders', { params: { query: { player_id: [id] } }, signal })),
}

function seed<N extends SectionName>(id: string, name: N, section: Section<SectionData[N]>): void {
  queryClient.setQueryData<Section<SectionData[N]>>(keys.section(id, name), (before) => keepLast(before, section))
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
  const whole = useQuery({
    queryKey: keys.home(id),
    queryFn: async ({ signal }) => {
      const view = await unwrap(api.GET('/api/home/players/{player_id}', { params: { path: { player_id: id } }, signal }))
      seed(id, 'player', view.player)
      seed(id, 'tickets', view.tickets)
      seed(id, 'pitch', view.pitch)
      seed(id, 'touches', view.touches)
      seed(id, 'quotes', view.quotes)
      seed(id, 'orders', view.orders)
      return view.player_id
    },
    staleTime: 30_000,
  })
  const missing = computed(() => whole.error.value instanceof Problem && whole.error.value.status === 404)
  const mayFetch = computed(() => (whole.isSuccess.value || whole.isError.value) && !missing.value)
  return {
    missing,
    /** Whom a merged player's id leads to. */
    survivor: computed(() => (whole.data.value && whole.data.value !== id ? whole.data.value : null)),
    player: useSection(id, 'player', mayFetch),
    tickets: useSection(id, 'tickets', mayFetch),
    pitch: useSection(id, 'pitch', mayFetch),
    touches: useSection(id, 'touches', mayFetch),
    quotes: useSection(id, 'quotes', mayFetch),
    orders: useSection(id, 'orders', mayFetch),
  }
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
    refetchInterval: ({ state }) => (state.error || (state.data && state.data.status !== 'ok') ? RECOVER_MS : false),
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
