import { computed, nextTick, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { isTyping } from '../../shared/focus'
import { notify } from '../../shared/notices'
import { useDraft } from '../../shared/useDraft'
import { ownerOf } from '../lookups/useLookups'
import { useAct } from '../sales/useAct'
import { useRights } from '../sales/useRights'
import { useRowForm } from '../sales/useRowForm'
import { useOrderRights } from './useOrderRights'
import { isDecided, orderChanged, rejectPayment, showOrder, verifyOrder, type OrderRow } from './useOrders'

export type Settling = 'verify' | 'reject'

/** Approves or rejects payments row by row; the focus goes on to the next row. */
export function useSettling(rows: () => OrderRow[]) {
  const { t } = useI18n()
  const { whyNot } = useOrderRights()
  const { me } = useRights()
  const mayNot = (kind: Settling, order: OrderRow) => whyNot(kind, order, ownerOf(order))
  const form = useRowForm<OrderRow, Settling>({ rows, key: ({ order_id }) => order_id, mayNot })
  // One reason for each payment: what was typed for one is never sent for another.
  const { draft } = useDraft('orders:reject', () => ({ reasons: {} as Record<string, string> }))
  const failed = ref<OrderRow | null>(null)

  async function settled(order: OrderRow, index: number): Promise<void> {
    delete draft.reasons[order.order_id]
    if (!form.isOpen(order.order_id)) return
    failed.value = null
    await form.close()
    await nextTick()
    if (isTyping()) return
    const drawn = [...document.querySelectorAll<HTMLElement>('[data-testid=row]')]
    const next = drawn.find((one) => Number(one.dataset.row) === index) ?? drawn.at(-1)
    next?.querySelector<HTMLElement>('[data-row-link]')?.focus()
  }
  const { act, pending, problem, reset } = useAct({
    send: ({ kind, order, reason }: { kind: Settling; order: OrderRow; reason: string }) => (kind === 'verify' ? verifyOrder(order) : rejectPayment(order, reason)),
    done(result, { kind, order }) {
      const index = rows().findIndex(({ order_id }) => order_id === order.order_id)
      orderChanged(result)
      notify(t(`orders.done.${kind}`, { number: result.number }))
      void settled(order, index)
    },
    overtaken: showOrder, made: (order, { kind, reason }) => isDecided(order, kind, me.value, reason),
  })
  return {
    mayNot, pending, kind: form.kind, row: form.row, close: form.close,
    problem: computed(() => problem.value),
    /** Whose decision went wrong. */
    failed,
    open(kind: Settling, order?: OrderRow): false | void {
      reset()
      return form.open(kind, order)
    },
    save(): void {
      if (!form.row.value || !form.kind.value || pending.value) return
      failed.value = form.row.value
      act({ kind: form.kind.value, order: form.row.value, reason: (draft.reasons[form.row.value.order_id] ?? '').trim() })
    },
    reason: (order: OrderRow) => draft.reasons[order.order_id] ?? '',
    setReason(order: OrderRow, text: string): void { draft.reasons = { ...draft.reasons, [order.order_id]: text } },
  }
}
