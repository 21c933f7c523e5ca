import { computed, watch, type Ref } from 'vue'

/** Which rows are selected, by key; a row that leaves the list leaves the selection. */
export function useSelection(selected: Ref<string[]>, keys: Ref<string[]>) {
  let anchor: string | undefined
  watch(keys, (now) => {
    if (!selected.value.length) return
    const there = new Set(now)
    const kept = selected.value.filter((key) => there.has(key))
    if (kept.length < selected.value.length) selected.value = kept
  })
  function extend(from: number, to: number): void {
    const [first, last] = from < to ? [from, to] : [to, from]
    selected.value = [...new Set([...selected.value, ...keys.value.slice(first, last + 1)])]
  }
  const all = computed(() => keys.value.length > 0 && selected.value.length === keys.value.length)
  return {
    all,
    extend,
    /** From the row that was toggled last to this one. */
    range(index: number) {
      // Its row may stand elsewhere by now, or be gone.
      const from = anchor === undefined ? 0 : keys.value.indexOf(anchor)
      extend(from < 0 ? index : from, index)
    },
    toggle(index: number) {
      const key = keys.value[index]
      if (key === undefined) return
      anchor = key
      selected.value = selected.value.includes(key) ? selected.value.filter((one) => one !== key) : [...selected.value, key]
    },
    /** All that are shown, or none. */
    selectAll: () => { selected.value = all.value ? [] : [...keys.value] },
  }
}
