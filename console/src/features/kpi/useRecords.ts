import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '../../api/client'
import { TIERS } from '../../api/types'
import type { components } from '../../api/schema'
import { day, id, oneOf, text, useFilters } from '../../shared/list/useFilters'
import { useListQuery } from '../../shared/list/useListQuery'
import { useNow } from '../../shared/useNow'
import { withPlayers, type Named } from '../lookups/useLookups'
import { isCode, normaliseCode } from '../sales/useSales'
import { isTicketFigure, SALES_FIGURES, TICKET_FIGURES, type RecordsFigure } from './figures'
import { businessDay, daysOf, wrongDays } from './period'
import { CLOCKS } from './useBoard'

type Ticket = components['schemas']['CountedTicket']
type Sale = components['schemas']['CountedRecord']
export type Row = ({ ticket: Ticket; sale?: never } | { sale: Sale; ticket?: never }) & { player_id: string } & Named
export const WITHOUT = ['team', 'campaign', 'pack', 'reason'] as const

/** The records behind a figure, as the address names it: as many as the figure says. */
export function useRecords() {
  const now = useNow()
  const filters = useFilters({
    figure: oneOf<RecordsFigure>([...TICKET_FIGURES, ...SALES_FIGURES], 'touches'), from: day(), to: day(), agent: id(), team: text(32), clock: oneOf(CLOCKS, 'working'),
    category: id(), campaign: id(), pack: text(12), tier: oneOf(TIERS), reason: id(), without: oneOf(WITHOUT),
  })
  const figure = computed<RecordsFigure>(() => filters.values.value.figure || 'touches')
  const ofTickets = computed(() => isTicketFigure(figure.value))
  const days = computed(() => {
    const { from, to } = filters.values.value
    const week = daysOf('week', businessDay(now.value), { from: '', to: '' })
    return { from: from || week.from, to: to || week.to }
  })
  const wanted = computed(() => {
    const { agent, team, clock, category, campaign, pack, tier, reason, without } = filters.values.value
    const base = { ...days.value, ...(agent && { agent }), ...(team && { team }) }
    if (isTicketFigure(figure.value)) return { figure: figure.value, ...base, clock: clock || ('working' as const), ...(category && { category }) }
    const code = normaliseCode(pack)
    return { figure: figure.value, ...base, ...(campaign && { campaign }), ...(isCode(code) && { pack: code }), ...(tier && { tier }), ...(reason && { reason }), ...(without && { without }) }
  })
  const list = useListQuery<Row, typeof wanted.value>('kpi-records', wanted, async (query, page, signal) => {
    if (isTicketFigure(query.figure)) {
      const { items, next_cursor } = await unwrap(api.GET('/api/kpi/response/tickets', { params: { query: { ...query, ...page } as never }, signal }))
      return { items: (await withPlayers(items, signal)).map(({ player, ...ticket }) => ({ ticket, player, player_id: ticket.player_id })), next_cursor }
    }
    const { items, next_cursor } = await unwrap(api.GET('/api/sales-kpi/records', { params: { query: { ...query, ...page } as never }, signal }))
    return { items: (await withPlayers(items, signal)).map(({ player, ...sale }) => ({ sale, player, player_id: sale.player_id })), next_cursor }
  })
  return { filters, figure, ofTickets, days, wanted, wrong: computed(() => wrongDays(days.value)), list }
}

const KEPT_MS = 10 * 60_000
/** What filters of sales are called: campaigns and reasons, those that are over too. */
export function useSalesNames(wanted: () => boolean) {
  const enabled = computed(wanted)
  const campaigns = useQuery({
    queryKey: ['campaigns', 'list', { names: true }], enabled, staleTime: KEPT_MS,
    queryFn: ({ signal }) => unwrap(api.GET('/api/campaigns', { params: { query: { limit: 200 } }, signal })),
  })
  const reasons = useQuery({
    queryKey: ['lost-reasons'], enabled, staleTime: KEPT_MS,
    queryFn: ({ signal }) => unwrap(api.GET('/api/lost-reasons', { signal })),
  })
  const names = computed(() => new Map((campaigns.data.value?.items ?? []).map((one) => [one.campaign_id as string, one.name])))
  return {
    campaigns: computed(() => (campaigns.data.value?.items ?? []).map(({ campaign_id, name }) => ({ value: campaign_id as string, text: name }))),
    reasons: computed(() => (reasons.data.value?.items ?? []).map(({ reason_id, name }) => ({ value: reason_id as string, text: name }))),
    campaignName: (key: string | null) => (key === null ? '' : (names.value.get(key) ?? key.slice(-8))),
  }
}
