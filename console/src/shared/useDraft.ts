import { reactive, toRaw, watch } from 'vue'

const name = (scope: string) => `gamedesk:draft:${scope}`

/**
 * What an agent is typing, kept in sessionStorage under `scope` (place and form) until it is saved:
 * texts, numbers, lists, whatever JSON holds.
 * Nothing that arrives from the server touches it.
 */
export function useDraft<T extends object>(scope: string, empty: () => T) {
  const stored = sessionStorage.getItem(name(scope))
  const draft = reactive<T>({ ...empty(), ...(stored ? (JSON.parse(stored) as Partial<T>) : {}) }) as T
  watch(draft, () => sessionStorage.setItem(name(scope), JSON.stringify(toRaw(draft))), { flush: 'sync' })

  function clear(): void {
    Object.assign(draft, empty())
    sessionStorage.removeItem(name(scope))
  }
  return { draft, clear, restored: stored !== null }
}

export const hasDraft = (scope: string) => sessionStorage.getItem(name(scope)) !== null
