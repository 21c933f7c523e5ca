import { useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, unwrap } from '../../api/client'
import type { Attention, Card, CardPage, HomeList, Section } from '../../api/types'
import { MOST_PAGES } from '../../app/invalidate'
import { keys, patch, queryClient } from '../../app/query'
import { panelStatus, untilWhole } from '../../shared/section'
import { itemsOf, rememberAttention, type AttentionParts } from './useAttention'

export type OwnerFilter = 'me' | 'all'
type Page = Section<CardPage>
type Pages = InfiniteData<Page, string | undefined>

const PAGE = 200
/** Between asking for many pages anew. */
const PAUSE_OF_MANY_MS = 60_000
const isShort = (data: Pages | undefined) => (data?.pages.length ?? 0) <= MOST_PAGES

async function fetchHome(q: string, owner: OwnerFilter, limit: number, cursor?: string, signal?: AbortSignal): Promise<HomeList> {
  const query = { owner, limit, ...(q && { q }), ...(cursor && { cursor }) }
  return unwrap(api.GET('/api/home', { params: { query }, signal: signal ?? null }))
}
/** The players that match, in the server's order, page by page. */
export function usePlayerList(q: Ref<string>, owner: Ref<OwnerFilter>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => keys.list(q.value, owner.value)),
    queryFn: async ({ pageParam, signal }) => {
      const home = await fetchHome(q.value, owner.value, PAGE, pageParam, signal)
      if (!pageParam && !q.value) rememberAttention(home)
      return home.players
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page) => last.data?.next_cursor ?? undefined,
    // Live events keep the cards fresh; refetching every page would cost hundreds of requests.
    refetchOnWindowFocus: false,
    refetchOnMount: ({ state }) => isShort(state.data),
    refetchInterval: (query) => untilWhole(query, ({ pages }) => pages, { least: isShort(query.state.data) ? 0 : PAUSE_OF_MANY_MS }),
  })
  const cards = computed(() => query.data.value?.pages.flatMap((page) => page.data?.items ?? []) ?? [])
  const status = computed(() => panelStatus(query.data.value?.pages[0], query.isError.value))
  const more = computed(() => query.hasNextPage.value || query.data.value?.pages[0]?.data?.refine === true)
  return { query, cards, status, more }
}

/** Tickets whose number was typed: they stand above the players that match. */
export function useFoundTickets(q: Ref<string>) {
  const asked = computed(() => (/^(t-?|#)?\d{1,10}$/i.test(q.value.normalize('NFKC')) ? q.value : ''))
  const query = useQuery({
    queryKey: computed(() => ['search', asked.value]),
    queryFn: ({ signal }) => unwrap(api.GET('/api/search', { params: { query: { q: asked.value } }, signal })),
    enabled: computed(() => asked.value !== ''),
    staleTime: 10_000,
  })
  return {
    searching: computed(() => asked.value !== '' && query.isPending.value),
    tickets: computed<Attention[]>(() => (asked.value === '' ? [] : (query.data.value?.items ?? []).flatMap(({ ticket, player }) =>
      (ticket ? [{ kind: 'ticket' as const, due_at: ticket.asked_at, player_id: ticket.player_id, player, ticket }] : [])))),
  }
}

/** The card of a player as a list shows him: something to go by while he is loading, or when he cannot be read. */
export function knownCard(id: string): Card | undefined {
  const reminders = itemsOf(queryClient.getQueryData<AttentionParts>(keys.attention))
  const pages = queryClient.getQueriesData<Pages>({ queryKey: keys.lists }).flatMap(([, found]) => found?.pages ?? [])
  return [...reminders.map((item) => item.player), ...pages.flatMap((page) => page.data?.items ?? [])].find((card) => card?.player_id === id) ?? undefined
}

/** Fetches cards again and puts them where the lists show them; a new player of the agent's comes on top. */
export async function refreshCards(ids: string[], me: string | null): Promise<void> {
  const { items } = await unwrap(api.GET('/api/player-cards', { params: { query: { ids } } }))
  for (const card of items) putCard(card, me)
}

/** Takes a player off the lists: he was merged into another. */
export function dropCard(playerId: string): void {
  changeLists((pages) => pages.map((page) => (page.data ? { ...page, data: { ...page.data, items: page.data.items.filter((card) => card.player_id !== playerId) } } : page)))
}

function putCard(card: Card, me: string | null): void {
  changeLists((pages, owner, q) => placed(pages, card, owner === 'all' || card.owner_agent_id === me, q === ''))
}

function changeLists(change: (pages: Page[], owner: string, q: string) => Page[]): void {
  for (const [key] of queryClient.getQueriesData<Pages>({ queryKey: keys.lists })) {
    const [, , owner, q] = key as ReturnType<typeof keys.list>
    patch<Pages>(key, (all) => ({ ...all, pages: change(all.pages, owner, q) }))
  }
}

function placed(pages: Page[], card: Card, belongs: boolean, mayAdd: boolean): Page[] {
  let found = false
  const next = pages.map((page) => {
    if (!page.data) return page
    const items = page.data.items.flatMap((old) => {
      if (old.player_id !== card.player_id) return [old]
      found = true
      if (!belongs) return []
      return [old.version > card.version ? old : { ...old, ...card }]
    })
    return { ...page, data: { ...page.data, items } }
  })
  const [first, ...rest] = next
  // One card is no list: where there is none, what is asked for again brings it.
  if (found || !mayAdd || !belongs || !first?.data) return next
  return [{ ...first, data: { ...first.data, items: [card, ...first.data.items] } }, ...rest]
}
