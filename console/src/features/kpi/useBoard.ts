import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import type { Query } from '../../api/types'
import { day as dayText } from '../../shared/format'
import type { FilterField } from '../../shared/list/list'
import { day, id, oneOf, text, useFilters } from '../../shared/list/useFilters'
import { useNow } from '../../shared/useNow'
import { useAgents } from '../lookups/useLookups'
import { CHARTS, COLUMNS, GROUPINGS, type Group } from './figures'
import { businessDay, daysOf, PERIODS, wrongDays } from './period'

export const CLOCKS = ['working', 'elapsed'] as const

/** The board as the address asks for it; fetched anew each minute. */
export function useBoard() {
  const now = useNow()
  const filters = useFilters({
    period: oneOf(PERIODS, 'week'), from: day(), to: day(), group_by: oneOf(GROUPINGS, 'agent'), clock: oneOf(CLOCKS, 'working'), agent: id(), team: text(32),
    left: oneOf(Object.keys(CHARTS.response), 'response'), right: oneOf(Object.keys(CHARTS.sales), 'money'), sort: oneOf(COLUMNS),
  })
  const today = computed(() => businessDay(now.value))
  const days = computed(() => daysOf(filters.values.value.period || 'week', today.value, filters.values.value))
  const wrong = computed(() => wrongDays(days.value))
  const asked = computed<Query<'/api/kpi-board'>>(() => {
    const { group_by, clock, agent, team } = filters.values.value
    return { ...days.value, group_by: group_by || 'agent', clock: clock || 'working', ...(agent && { agent }), ...(team && { team }) }
  })
  const query = useQuery({
    queryKey: computed(() => ['kpi-board', 'list', asked.value]),
    queryFn: ({ signal }) => unwrap(api.GET('/api/kpi-board', { params: { query: asked.value }, signal })),
    enabled: computed(() => wrong.value === null),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    refetchInterval: 60_000,
  })
  const board = computed(() => query.data.value)
  const problem = computed(() => (query.error.value instanceof Problem ? query.error.value : null))
  return { filters, today, days, wrong, asked, query, board, problem }
}

/** Whose figures: an agent, a team. */
export function useWhose() {
  const { t } = useI18n()
  const agents = useAgents()
  const teams = computed(() => [...new Set(agents.agents.value.map(({ team }) => team).filter(Boolean))].sort())
  const fields = computed<FilterField<'agent' | 'team'>[]>(() => [
    { name: 'agent', kind: 'select', label: t('kpi.agent'), options: agents.options.value, any: '' },
    { name: 'team', kind: 'select', label: t('kpi.team'), options: teams.value.map((value) => ({ value, text: value })), any: '' },
  ])
  return { agents, teams, fields }
}

/** What a group is called. */
export function useGroupName() {
  const { t } = useI18n()
  const agents = useAgents()
  return (grouping: string, { key, label }: Pick<Group, 'key' | 'label'>): string => {
    if (key === null) return t(`kpi.without.${grouping}`)
    if (grouping === 'day') return dayText(key)
    if (grouping === 'tier') return t(`tier.${key}`)
    if (grouping === 'agent') return agents.name(key)
    if (grouping === 'pack') return label ? `${label} ${key}` : key
    return label ?? key
  }
}
