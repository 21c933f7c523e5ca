import { computed, type Ref } from 'vue'
import { api, ifMatch, unwrap } from '../../api/client'
import type { Order, Query } from '../../api/types'
import { refresh } from '../../app/invalidate'
import { useListQuery } from '../../shared/list/useListQuery'
import type { Tone } from '../../shared/StatusTag.vue'
import { useOne } from '../../shared/useOne'
import { withPlayers } from '../lookups/useLookups'
import { showEverywhere } from '../sales/lists'
import type { DeliveryState, Refund, WithPlayer } from '../sales/types'

export type OrderRow = WithPlayer<Order>
export { ORDER_TONES } from './tones'
export const DELIVERY_TONES: Record<DeliveryState, Tone> = { waiting: 'plain', queued: 'info', sending: 'info', delivered: 'good', failed: 'danger', stopped: 'plain', not_possible: 'danger' }

export const useOrderList = (wanted: Ref<Query<'/api/orders'>>) =>
  useListQuery<OrderRow, Query<'/api/orders'>>('orders', wanted, async (query, page, signal) => {
    const { items, next_cursor } = await unwrap(api.GET('/api/orders', { params: { query: { ...query, ...page } }, signal }))
    return { items: await withPlayers(items, signal), next_cursor }
  })
/** A whole order, with its player's card. */
export const useOrder = (orderId: Ref<string>) => useOne<OrderRow>('orders', orderId, async (order_id, signal) => {
  const order = await unwrap(api.GET('/api/orders/{order_id}', { params: { path: { order_id } }, signal }))
  return (await withPlayers([order], signal))[0]!
})

/** What may still be given back of an order. */
export const leftOf = (order: Order) => order.amount_paid_fen - order.refunded_fen

/** Shows an order as it is now; its rows among the deliveries carry its version and its delivery. */
export function showOrder(order: Order): void {
  showEverywhere('orders', 'order_id', order)
  showEverywhere('deliveries', 'order_id', { ...order.delivery, order_id: order.order_id, order_version: order.version, order_state: order.state })
}
/** After a write: fetched anew, for the filters may leave the order out now. */
export function orderChanged(order: Order): void {
  showOrder(order)
  for (const name of ['orders', 'deliveries']) void refresh([name, 'list'])
  if (order.quote_id) void refresh(['quotes', 'one', order.quote_id])
}
const at = ({ order_id, version }: Order) => ({ path: { order_id }, header: ifMatch(version) })
export const verifyOrder = (order: Order): Promise<Order> => unwrap(api.POST('/api/orders/{order_id}/verify', { params: at(order) }))
export const rejectPayment = (order: Order, reason: string): Promise<Order> => unwrap(api.POST('/api/orders/{order_id}/reject-payment', { params: at(order), body: { reason } }))
/** Whether an order is as this agent's decision makes it: that got through, though its answer was lost. */
export function isDecided(order: Order, act: 'verify' | 'reject' | 'cancel', me: string, reason = ''): boolean {
  if (act === 'verify') return order.verified && order.verified_by === me
  return order.state === 'cancelled' && order.cancelled_by === me && order.cancel_reason === reason && order.payment_rejected === (act === 'reject')
}
export const cancelOrder = (order: Order, reason: string): Promise<Order> => unwrap(api.POST('/api/orders/{order_id}/cancel', { params: at(order), body: { reason } }))
export const retryDelivery = (order: Order, profile_id: string): Promise<Order> =>
  unwrap(api.POST('/api/orders/{order_id}/delivery/retry', { params: at(order), body: profile_id ? { profile_id } : {} }))

export const useRefundList = (wanted: Ref<Query<'/api/refunds'>>) =>
  useListQuery<WithPlayer<Refund>, Query<'/api/refunds'>>('refunds', wanted, async (query, page, signal) => {
    const { items, next_cursor } = await unwrap(api.GET('/api/refunds', { params: { query: { ...query, ...page } }, signal }))
    return { items: await withPlayers(items, signal), next_cursor }
  })
export const useOrderRefunds = (orderId: Ref<string>) => useRefundList(computed(() => ({ order_id: orderId.value })))
