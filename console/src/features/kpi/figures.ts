import type { components } from '../../api/schema'
import { i18n } from '../../app/i18n'
import { money } from '../../shared/format'

type Schemas = components['schemas']
export type Board = Schemas['KpiBoard']
export type Both = Schemas['BothKpis']
export type Group = Board['groups'][number]
type Response = Schemas['ResponseFigures']
type Sales = Schemas['SalesFigures']

export const GROUPINGS = ['agent', 'team', 'day', 'campaign', 'pack', 'tier', 'reason'] as const
export type Grouping = (typeof GROUPINGS)[number]
export const OF_SALES_ALONE: readonly string[] = ['campaign', 'pack', 'tier', 'reason']

export const TICKET_FIGURES = ['opened', 'first_response', 'first_response_missed', 'resolution', 'resolution_missed', 'backlog', 'backlog_overdue', 'reopened'] as const
export const SALES_FIGURES = ['touches', 'reached', 'deals', 'lost', 'won_back', 'thinking', 'orders', 'unverified', 'delivered', 'delivery_overdue', 'refunds', 'quotes', 'quotes_sold'] as const
export type RecordsFigure = (typeof TICKET_FIGURES)[number] | (typeof SALES_FIGURES)[number]
export const isTicketFigure = (figure: string): figure is (typeof TICKET_FIGURES)[number] => (TICKET_FIGURES as readonly string[]).includes(figure)

type Kind = 'count' | 'seconds' | 'fen' | 'share'
/** A figure of the board: what it is, and the list of records behind it. */
export interface Figure {
  id: string
  side: 'response' | 'sales'
  kind: Kind
  /** Null for what is made of two others. */
  records: RecordsFigure | null
  of: (both: Both) => number | null
}
const response = (id: string, kind: Kind, records: RecordsFigure | null, of: (figures: Response) => number | null): Figure =>
  ({ id, side: 'response', kind, records, of: ({ response: found }) => (found ? of(found) : null) })
const sales = (id: string, kind: Kind, records: RecordsFigure | null, of: (figures: Sales) => number | null): Figure =>
  ({ id, side: 'sales', kind, records, of: ({ sales: found }) => (found ? of(found) : null) })

export const FIGURES: Figure[] = [
  response('response_median', 'seconds', 'first_response', (found) => found.first_response.median_seconds),
  response('response_p90', 'seconds', 'first_response', (found) => found.first_response.p90_seconds),
  response('answered', 'count', 'first_response', (found) => found.first_response.count),
  response('response_missed', 'count', 'first_response_missed', (found) => found.first_response.missed),
  response('late_recorded', 'count', 'first_response', (found) => found.first_response.late_recorded),
  response('resolution_median', 'seconds', 'resolution', (found) => found.resolution.median_seconds),
  response('resolution_p90', 'seconds', 'resolution', (found) => found.resolution.p90_seconds),
  response('resolution_missed', 'count', 'resolution_missed', (found) => found.resolution.missed),
  response('opened', 'count', 'opened', (found) => found.opened),
  response('done', 'count', 'resolution', (found) => found.done),
  response('backlog', 'count', 'backlog', (found) => found.backlog),
  response('backlog_overdue', 'count', 'backlog_overdue', (found) => found.backlog_overdue),
  response('reopen_rate', 'share', 'reopened', (found) => found.reopen_rate_bp),
  response('reopened', 'count', 'reopened', (found) => found.reopened),
  sales('touches', 'count', 'touches', (found) => found.touches),
  sales('reached', 'count', 'reached', (found) => found.reached),
  sales('players', 'count', 'touches', (found) => found.players_touched),
  sales('deal_rate', 'share', 'deals', (found) => found.touch_to_deal_bp),
  sales('deals', 'count', 'deals', (found) => found.deals),
  sales('revenue', 'fen', 'orders', (found) => found.revenue_fen),
  sales('refunded', 'fen', 'refunds', (found) => found.refunded_fen),
  sales('net', 'fen', null, (found) => found.net_fen),
  sales('unverified_fen', 'fen', 'unverified', (found) => found.unverified_fen),
  sales('orders', 'count', 'orders', (found) => found.orders),
  sales('median_order', 'fen', 'orders', (found) => found.median_order_fen),
  sales('average_order', 'fen', 'orders', (found) => found.average_order_fen),
  sales('delivered', 'count', 'delivered', (found) => found.delivered),
  sales('delivery_overdue', 'count', 'delivery_overdue', (found) => found.delivery_overdue),
  sales('lost', 'count', 'lost', (found) => found.lost),
  sales('won_back', 'count', 'won_back', (found) => found.won_back),
  sales('thinking', 'count', 'thinking', (found) => found.thinking),
  sales('quotes', 'count', 'quotes', (found) => found.quotes),
  sales('quotes_sold', 'count', 'quotes_sold', (found) => found.quotes_sold),
]
export const figureOf = (id: string): Figure => FIGURES.find((figure) => figure.id === id)!

/** The cards of the board: a figure in front, what belongs to it below. */
export const CARDS: Record<Figure['side'], string[][]> = {
  response: [
    ['response_median', 'response_p90', 'response_missed', 'late_recorded'],
    ['resolution_median', 'resolution_p90', 'resolution_missed'],
    ['opened', 'answered', 'done'],
    ['backlog', 'backlog_overdue'],
    ['reopen_rate', 'reopened'],
  ],
  sales: [
    ['deal_rate', 'deals', 'touches', 'reached', 'players'],
    ['revenue', 'refunded', 'net', 'unverified_fen'],
    ['orders', 'median_order', 'average_order', 'delivered', 'delivery_overdue'],
    ['lost', 'won_back', 'thinking'],
    ['quotes', 'quotes_sold'],
  ],
}
/** What a chart may show: one figure, or two of the same kind side by side. */
export const CHARTS: Record<Figure['side'], Record<string, string[]>> = {
  response: { response: ['response_median', 'response_p90'], resolution: ['resolution_median', 'resolution_p90'], tickets: ['opened', 'done'], missed: ['response_missed', 'resolution_missed'], backlog: ['backlog', 'backlog_overdue'] },
  sales: { money: ['revenue', 'refunded'], rate: ['deal_rate'], contacts: ['touches', 'deals'], orders: ['orders', 'delivered'], refusals: ['lost', 'won_back'], quotes: ['quotes', 'quotes_sold'] },
}
/** The columns of the table, of both sides. */
export const COLUMNS = ['response_median', 'response_p90', 'response_missed', 'resolution_median', 'done', 'backlog', 'touches', 'deal_rate', 'deals', 'revenue', 'refunded', 'orders', 'lost', 'quotes']

/** 95 → 1 min, 5400 → 1 h 30 min. Never days: a day of the desk is no 24 hours. */
export function duration(seconds: number): string {
  const { t } = i18n.global
  if (seconds < 60) return t('kpi.seconds', { n: seconds })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('kpi.minutes', { n: minutes })
  const rest = minutes % 60
  return rest ? t('kpi.hoursMinutes', { h: Math.floor(minutes / 60), m: rest }) : t('kpi.hours', { h: minutes / 60 })
}
export function shown(kind: Kind, value: number | null): string {
  if (value === null) return '—'
  if (kind === 'seconds') return duration(value)
  if (kind === 'fen') return money(value)
  return kind === 'share' ? `${(value / 100).toFixed(1)}%` : value.toLocaleString('en-US')
}
/** As a chart's axis shows it: hours, yuan, per cent. */
export const onAxis = (kind: Kind, value: number): number => (kind === 'seconds' ? value / 60 : kind === 'count' ? value : value / 100)

/** The page of the records behind a figure, from the address that the API gives for them; null where it has none. */
export function recordsLink(figure: Figure, links: Both['links']) {
  const link = links[figure.side]
  if (!link || !figure.records) return null
  const query = Object.fromEntries(new URL(link, location.origin).searchParams)
  return { name: 'kpi-records', query: { figure: figure.records, ...query } }
}
