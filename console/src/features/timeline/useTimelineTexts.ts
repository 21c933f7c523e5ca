import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import type { Entry, Order, Quote, TimelineItem, Touch } from '../../api/types'
import { day, money } from '../../shared/format'
import { useAgents, useGames } from '../lookups/useLookups'
import { changeText } from '../players/playerChange'

export interface Told { title: string; text: string; link?: string; to?: RouteLocationRaw }
type Ticketed = Entry & { ticket_id?: string; number?: string }
interface Refund { amount_fen: number; reason: string; order_id: string; order_number: string }
interface Delivered { state: string; pack_name: string; order_id: string; number: string }

const joined = (...parts: (string | null | undefined | false)[]) => parts.filter(Boolean).join(' · ')

/** What an entry of the timeline says: each service shows its own, here they are sentences of one page. */
export function useTimelineTexts(): (item: TimelineItem) => Told {
  const { t, te } = useI18n()
  const agents = useAgents()
  const games = useGames()

  function ofTicket(kind: string, entry: Ticketed): Told {
    const states = entry.from_state && entry.to_state ? `${t(`state.${entry.from_state}`)} → ${t(`state.${entry.to_state}`)}` : ''
    const to = entry.ticket_id ? { to: `/tickets/${entry.ticket_id}`, link: entry.number ?? t('desk.timeline.tickets') } : {}
    return { title: joined(te(`entry.${kind}`) ? t(`entry.${kind}`) : kind, entry.department && t(`department.${entry.department}`)), text: joined(states, entry.text), ...to }
  }
  function ofSales(kind: string, data: unknown): Told {
    if (kind === 'touch') {
      const touch = data as Touch
      return { title: joined(t('desk.timeline.touch'), t(`outcome.${touch.outcome}`)), text: joined(touch.reason, touch.situation, touch.pack_code, touch.follow_up_on && t('pitch.followUp', { day: day(touch.follow_up_on) })) }
    }
    if (kind === 'quote') {
      const quote = data as Quote
      return { title: joined(t('desk.timeline.quote'), quote.number), text: joined(quote.pack.name, money(quote.amount_fen), quote.note) }
    }
    if (kind === 'refund') {
      const refund = data as Refund
      return { title: t('desk.timeline.refund'), text: joined(money(refund.amount_fen), refund.reason), link: refund.order_number, to: `/orders/${refund.order_id}` }
    }
    if (kind === 'delivery') {
      const delivery = data as Delivered
      return { title: joined(t('desk.timeline.delivery'), t(`homeDelivery.${delivery.state}`)), text: delivery.pack_name, link: delivery.number, to: `/orders/${delivery.order_id}` }
    }
    const order = data as Order
    return { title: joined(t('desk.timeline.order'), t(`orderState.${order.state}`)), text: joined(order.pack.name, money(order.amount_paid_fen)), link: order.number, to: `/orders/${order.order_id}` }
  }
  return ({ source, kind, data }) => {
    if (source === 'tickets') return ofTicket(kind, data as unknown as Ticketed)
    if (source === 'sales') return ofSales(kind, data)
    const { details = {} } = data as { details?: Record<string, unknown> }
    return { title: te(`desk.history.${kind}`) ? t(`desk.history.${kind}`) : kind, text: changeText(kind, details, games.name, agents.name) }
  }
}
