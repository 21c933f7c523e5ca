import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, unwrap } from '../../api/client'
import type { List, LostReason, Order, Touch } from '../../api/types'
import { keys } from '../../app/query'

/** Letters and digits of a pack code as agents type it: any case, full width, with blanks. */
export const normaliseCode = (typed: string) => typed.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
const CODE = /^[2-9A-HJKMNP-Z]{5}$/
export const isCode = (code: string) => CODE.test(code)

/** R19: the pack behind a code, as sales knows it for this player, fetched when the code is complete. */
export function useOffer(code: Ref<string>, playerId: string) {
  return useQuery({
    queryKey: computed(() => keys.offer(code.value, playerId)),
    queryFn: ({ signal }) => unwrap(api.GET('/api/offers/{pack_code}', {
      params: { path: { pack_code: code.value }, query: { player_id: playerId } }, signal,
    })),
    enabled: computed(() => isCode(code.value)),
    staleTime: 5_000,
  })
}

export function useLostReasons() {
  const query = useQuery({
    queryKey: keys.lostReasons,
    queryFn: ({ signal }) => unwrap(api.GET('/api/lost-reasons', { signal })),
    staleTime: 10 * 60_000,
  })
  return { query, reasons: computed<LostReason[]>(() => query.data.value?.items.filter((reason) => reason.active !== false) ?? []) }
}

/** As sales decides it (the order's `verified` says what came of it): only what the payment service itself tells of, in full, needs no lead. */
export const needsConfirmation = (method: string, difference: number) => !['wechat_pay', 'alipay'].includes(method) || difference < 0

export type SalesEvent = { at: string; touch: Touch; order?: never } | { at: string; order: Order; touch?: never }

/** Touches and orders in one history, the latest first. */
export function salesHistory(touches: Touch[], orders: Order[]): SalesEvent[] {
  const all: SalesEvent[] = [
    // A sale is recorded as a touch as well: the order says more.
    ...touches.filter((touch) => !orders.some((order) => order.order_id === touch.order_id)).map((touch) => ({ at: touch.occurred_at, touch })),
    ...orders.map((order) => ({ at: order.paid_at ?? order.created_at, order })),
  ]
  return all.sort((a, b) => b.at.localeCompare(a.at))
}

/** What the next pitch begins from (R18): the last refusal, unless he bought something after it. */
export function lastLost(touches: Touch[], orders: Order[]): Touch | null {
  const lost = touches.filter((touch) => touch.outcome === 'lost').sort((a, b) => b.occurred_at.localeCompare(a.occurred_at))[0]
  if (!lost) return null
  const boughtSince = orders.some((order) => (order.paid_at ?? '') > lost.occurred_at)
  return boughtSince ? null : lost
}

/** Whether the player asked to be left alone; asked only when his history says that he once did, or is not all here. */
export function useContactBlock(playerId: string, touches: Ref<List<Touch> | null | undefined>) {
  const query = useQuery({
    queryKey: keys.contactBlock(playerId),
    queryFn: ({ signal }) => unwrap(api.GET('/api/contact-blocks/{player_id}', { params: { path: { player_id: playerId } }, signal })),
    enabled: computed(() => {
      const history = touches.value
      return !!history && (history.next_cursor !== null || history.items.some((touch) => touch.outcome === 'do_not_contact'))
    }),
  })
  return computed(() => query.data.value?.in_force === true)
}
