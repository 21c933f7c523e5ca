import { useI18n } from 'vue-i18n'
import type { Order } from '../../api/types'
import { useRights } from '../sales/useRights'
import { leftOf } from './useOrders'

export type OrderAct = 'verify' | 'reject' | 'cancel' | 'refund' | 'retry'

const ENDED = ['delivered', 'stopped']

/**
 * Why the signed-in agent may not do something with an order, or nothing when he may. `isPossible` tells whether the
 * order's state allows it for anybody: only then it is offered, or says why not.
 */
export function useOrderRights() {
  const { t } = useI18n()
  const { me, leads } = useRights()
  function isPossible(act: OrderAct, order: Order): boolean {
    switch (act) {
      case 'verify':
      case 'reject': return order.state === 'paid' && !order.verified
      case 'cancel': return order.state === 'paid'
      case 'refund': return order.state !== 'cancelled' && order.verified && leftOf(order) > 0
      case 'retry': return !ENDED.includes(order.delivery.state)
    }
  }
  function whyNot(act: OrderAct, order: Order, owner: string | null | undefined): string {
    const seller = order.seller_agent_id
    if (!isPossible(act, order)) return t(`orders.not.${act}`)
    if (act === 'retry') return isConcerned(seller, owner) ? '' : t('orders.concerned')
    if (seller === me.value) return act === 'cancel' ? (order.verified ? t('orders.ownConfirmed') : '') : t('orders.own')
    return leads(seller) ? '' : t('orders.leadsOnly')
  }
  /** Who concerns a delivery: its seller, the player's owner, or a lead of theirs; while the owner cannot be read, perhaps anybody. */
  const isConcerned = (seller: string, owner: string | null | undefined) => owner === undefined || seller === me.value || owner === me.value || leads(seller) || leads(owner)
  return { isPossible, whyNot, isConcerned }
}
