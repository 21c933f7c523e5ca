import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '../../api/client'
import type { Agent, Card } from '../../api/types'
import type { Option } from '../../shared/list/list'

/** What many pages name things by: agents, games, categories. Asked once, kept for minutes, live where events tell. */
const KEPT_MS = 10 * 60_000
const MOST_PAGES = 10

export async function fetchAgents(signal: AbortSignal): Promise<Agent[]> {
  const found: Agent[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next_cursor } = await unwrap(api.GET('/api/agents', { params: { query: { limit: 200, ...(cursor && { cursor }) } }, signal }))
    found.push(...items)
    if (!next_cursor) break
    cursor = next_cursor
  }
  return found
}

/** All agents; `options` are those who work here now, `name` is that of anybody ever. */
export function useAgents() {
  const query = useQuery({ queryKey: ['agents', 'all'], queryFn: ({ signal }) => fetchAgents(signal), staleTime: KEPT_MS })
  const agents = computed(() => query.data.value ?? [])
  const names = computed(() => new Map(agents.value.map((agent) => [agent.agent_id, agent.name])))
  return {
    agents,
    options: computed<Option[]>(() => agents.value.filter((agent) => agent.active).map(({ agent_id, name }) => ({ value: agent_id, text: `${name} ${agent_id}` }))),
    name: (id: string | null) => (id === null ? '' : (names.value.get(id) ?? id)),
  }
}

export function useGames() {
  const query = useQuery({ queryKey: ['games'], queryFn: ({ signal }) => unwrap(api.GET('/api/games', { signal })), staleTime: KEPT_MS })
  const games = computed(() => query.data.value?.items ?? [])
  const names = computed(() => new Map(games.value.map((game) => [game.game_id, game.name])))
  return {
    games,
    options: computed<Option[]>(() => games.value.map(({ game_id, name }) => ({ value: game_id, text: name }))),
    name: (id: string | null) => (id === null ? '' : (names.value.get(id) ?? id)),
  }
}

/** The categories of tickets, by the names that leads gave them. */
export function useTicketCategories() {
  const { locale } = useI18n()
  const query = useQuery({ queryKey: ['ticket-categories'], queryFn: ({ signal }) => unwrap(api.GET('/api/ticket-categories', { signal })), staleTime: KEPT_MS })
  const categories = computed(() => query.data.value?.items ?? [])
  const label = (one: { name_zh: string; name_en: string }) => (locale.value === 'en' ? one.name_en : one.name_zh)
  const names = computed(() => new Map(categories.value.map((one) => [one.category_id, label(one)])))
  return {
    categories,
    options: computed<Option[]>(() => categories.value.map((one) => ({ value: one.category_id, text: label(one) }))),
    name: (id: string) => names.value.get(id) ?? id,
  }
}

/** A player's card beside a row: null where there is none, undefined while it cannot be read. */
export interface Named { player: Card | null | undefined }
/** Rows that name a player, each with his card; the rows are there even when cards cannot be read. */
export async function withPlayers<Row extends { player_id: string }>(rows: Row[], signal: AbortSignal): Promise<(Row & Named)[]> {
  const ids = [...new Set(rows.map((row) => row.player_id))]
  const cards = new Map<string, Card | null>()
  for (let start = 0; start < ids.length; start += 100) {
    const asked = ids.slice(start, start + 100)
    const page = await unwrap(api.GET('/api/player-cards', { params: { query: { ids: asked } }, signal })).catch((error: unknown) => {
      if (signal.aborted) throw error
      return null
    })
    if (!page) continue
    for (const id of asked) cards.set(id, null)
    for (const card of page.items) cards.set(card.player_id, card)
  }
  return rows.map((row) => ({ ...row, player: cards.get(row.player_id) }))
}
/** Who owns a row's player; undefined while that cannot be read. */
export const ownerOf = ({ player }: Named) => (player === undefined ? undefined : (player?.owner_agent_id ?? null))
/** What agents know a row's player by. */
export function usePlayerName() {
  const { t } = useI18n()
  return ({ player }: Named): string => (player === undefined ? t('player.unreadable') : player?.wechat_name || player?.wechat_id || player?.phone || t('player.unnamed'))
}
