import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import { api, unwrap } from '../../api/client'
import { useAgents } from '../lookups/useLookups'

const GAMES_AGAIN_MS = 15_000

interface Step {
  id: 'games' | 'agents' | 'prices' | 'pack' | 'player'
  /** null while it is not known. */
  done: boolean | null
  how: string
  to: RouteLocationRaw
}

/** What an empty system lacks (R20). Each is asked alone and is live by its key; games, which no event tells of, by the clock. */
export function useFirstRun() {
  const { t } = useI18n()
  const { agents } = useAgents()
  const limit = 1
  const games = useQuery({
    queryKey: ['games', 'first-run'], queryFn: ({ signal }) => unwrap(api.GET('/api/games', { signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(({ sync }) => sync.last_answer_at) ? false : GAMES_AGAIN_MS),
  })
  const items = useQuery({ queryKey: ['items', 'list', 'first-run'], queryFn: ({ signal }) => unwrap(api.GET('/api/items', { params: { query: { limit } }, signal })) })
  const packs = useQuery({
    queryKey: ['packs', 'list', 'first-run'], queryFn: ({ signal }) => unwrap(api.GET('/api/packs', { params: { query: { state: 'active', limit } }, signal })),
  })
  const players = useQuery({ queryKey: ['players', 'list', 'first-run'], queryFn: ({ signal }) => unwrap(api.GET('/api/players', { params: { query: { limit } }, signal })) })

  const some = (query: { data: { value: { items: unknown[] } | undefined } }) => (query.data.value ? query.data.value.items.length > 0 : null)
  const all = computed(() => games.data.value?.items ?? [])
  const silent = computed(() => all.value.filter(({ sync }) => sync.circuit !== 'closed'))
  // A price list is an answer too, though another service asked for it.
  const heard = computed(() => all.value.some(({ sync }) => sync.last_answer_at !== null) || some(items) === true)
  const gamesDone = computed(() => (games.data.value ? all.value.length > 0 && silent.value.length === 0 && heard.value : null))
  const aboutGames = computed(() => {
    if (games.data.value && all.value.length === 0) return t('firstRun.how.noGames')
    if (silent.value.length) return t('firstRun.how.silent', { games: silent.value.map(({ name }) => name).join(t('firstRun.comma')) })
    return t(heard.value ? 'firstRun.how.games' : 'firstRun.how.asked')
  })
  const steps = computed<Step[]>(() => [
    { id: 'games', done: gamesDone.value, how: aboutGames.value, to: { name: 'settings', params: { section: 'games' } } },
    { id: 'agents', done: agents.value.length ? agents.value.filter(({ active }) => active).length > 1 : null, how: t('firstRun.how.agents'), to: { name: 'settings', params: { section: 'agents' } } },
    { id: 'prices', done: some(items), how: t('firstRun.how.prices'), to: { name: 'items' } },
    { id: 'pack', done: some(packs), how: t('firstRun.how.pack'), to: { name: 'pack-new' } },
    { id: 'player', done: some(players), how: t('firstRun.how.player'), to: { name: 'imports' } },
  ])
  const queries = [games, items, packs, players]
  return {
    steps,
    /** Every part has answered, or failed. */
    known: computed(() => queries.every((query) => !query.isPending.value)),
    done: computed(() => steps.value.filter((step) => step.done).length),
  }
}
