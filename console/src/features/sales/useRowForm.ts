import { computed, nextTick, shallowRef } from 'vue'
import { isTyping } from '../../shared/focus'
import { notify } from '../../shared/notices'

/**
 * A form about one row of a list, opened by its button, or by a key for the row with the focus. `mayNot` says why the
 * agent may not (then it is not opened), or nothing. Closing it brings the focus back to the row.
 */
export function useRowForm<Row, Kind extends string>(options: { rows: () => Row[]; key: (row: Row) => string; mayNot: (kind: Kind, row: Row) => string }) {
  const opened = shallowRef<{ kind: Kind; row: Row } | null>(null)
  const { rows, key, mayNot } = options
  const find = (wanted: string | undefined) => rows().find((row) => key(row) === wanted)

  /** The row that keys mean. */
  const focused = (): Row | undefined => find(document.activeElement?.closest<HTMLElement>('[data-testid=row]')?.dataset.key)
  return {
    focused,
    kind: computed(() => opened.value?.kind ?? null),
    /** As the list shows it now; as it was when it has left the list meanwhile. */
    row: computed(() => (opened.value ? (find(key(opened.value.row)) ?? opened.value.row) : null)),
    /** Whether the form that is open now is about this row; an answer may come when another one is. */
    isOpen: (wanted: string) => opened.value !== null && key(opened.value.row) === wanted,
    open(kind: Kind, row = focused()): false | void {
      if (!row) return false
      const why = mayNot(kind, row)
      if (why) notify(why, 'danger')
      else opened.value = { kind, row }
    },
    async close(): Promise<void> {
      const last = opened.value
      opened.value = null
      await nextTick()
      if (!last || isTyping()) return
      const link = [...document.querySelectorAll<HTMLElement>('[data-testid=row]')].find((one) => one.dataset.key === key(last.row))
      link?.querySelector<HTMLElement>('[data-row-link]')?.focus()
    },
  }
}
