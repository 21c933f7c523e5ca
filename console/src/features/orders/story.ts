import type { Order } from '../../api/types'
import type { Quote, Refund } from '../sales/types'

export interface Moment { at: string; what: string; by?: string | null; text?: string | null; fen?: number }

/** What has happened to an order, the first thing first: from its quote to the game's delivery and what was given back. */
export function storyOf(order: Order, quote: Quote | null, refunds: Refund[]): Moment[] {
  const { delivery } = order
  const all: (Moment | null)[] = [
    quote && { at: quote.created_at, what: 'quoted', by: quote.agent_id, fen: quote.amount_fen },
    quote?.extended_at ? { at: quote.extended_at, what: 'extended', by: quote.extended_by, text: quote.extend_reason } : null,
    { at: order.paid_at, what: 'paid', fen: order.amount_paid_fen },
    { at: order.created_at, what: 'recorded', by: order.seller_agent_id, text: order.difference_reason },
    order.verified_at ? { at: order.verified_at, what: 'verified', by: order.verified_by } : null,
    delivery.queued_at ? { at: delivery.queued_at, what: 'queued' } : null,
    delivery.overdue_since ? { at: delivery.overdue_since, what: 'overdue' } : null,
    delivery.delivered_at ? { at: delivery.delivered_at, what: 'delivered' } : null,
    ...refunds.map((refund): Moment => ({ at: refund.refunded_at, what: 'refunded', by: refund.refunded_by, text: refund.reason, fen: refund.amount_fen })),
    order.cancelled_at ? { at: order.cancelled_at, what: order.payment_rejected ? 'rejected' : 'cancelled', by: order.cancelled_by, text: order.cancel_reason } : null,
  ]
  // Of what happened at once, the order above is the order in which it happens.
  return all.filter((one): one is Moment => one !== null).map((one, at) => ({ one, at })).sort((a, b) => Date.parse(a.one.at) - Date.parse(b.one.at) || a.at - b.at).map(({ one }) => one)
}
