import { effectScope, reactive, toRaw, watch } from 'vue'

const name = (scope: string) => `gamedesk:draft:${scope}`
/** What the draft began from stands beside it. */
const BEGAN = '#began'
interface Shared { draft: object; began: () => unknown }
/** One object per scope: a form that is opened again while the first one is still being saved is the same form. */
const open = new Map<string, Shared>()

function share(scope: string): Shared {
  const shared: Shared = { draft: reactive({}), began: () => undefined }
  const store = () => sessionStorage.setItem(name(scope), JSON.stringify({ ...toRaw(shared.draft), [BEGAN]: shared.began() }))
  // It outlives the form that opened it.
  effectScope(true).run(() => watch(shared.draft, store, { flush: 'sync' }))
  open.set(scope, shared)
  return shared
}

/**
 * What an agent is typing, kept in sessionStorage under `scope` (place and form) until it is saved:
 * texts, numbers, lists, whatever JSON holds.
 * Nothing that arrives from the server touches it. An edit says by `began` what it began from, such as a version: that
 * is kept with it, and comes back as `restored` does.
 */
export function useDraft<T extends object, B = undefined>(scope: string, empty: () => T, began?: () => B) {
  const shared = open.get(scope) ?? share(scope)
  const draft = shared.draft as T
  const stored = sessionStorage.getItem(name(scope))
  const { [BEGAN]: from, ...kept } = (stored === null ? {} : JSON.parse(stored)) as Partial<T> & { [BEGAN]?: B }

  function put(values: T): void {
    Object.assign(draft, values)
    sessionStorage.removeItem(name(scope))
  }
  put(empty())
  if (stored !== null) Object.assign(draft, kept)
  shared.began = began ?? (() => undefined)

  return { draft, clear: () => put(empty()), restored: stored !== null, began: from }
}

export const hasDraft = (scope: string) => sessionStorage.getItem(name(scope)) !== null
