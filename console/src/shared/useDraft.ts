import { effectScope, getCurrentScope, onScopeDispose, reactive, toRaw, watch } from 'vue'

const name = (scope: string) => `gamedesk:draft:${scope}`
/** What the draft began from stands beside it. */
const BEGAN = '#began'
interface Shared { draft: object; empty: () => object; began: () => unknown; users: number; stop: () => void }
/** One object per scope: a form that is opened again while the first one is still being saved is the same form. */
const open = new Map<string, Shared>()

function share(scope: string): Shared {
  const shared: Shared = { draft: reactive({}), empty: () => ({}), began: () => undefined, users: 0, stop: () => undefined }
  // What nobody has changed is no draft, whatever the page filled in.
  function store(): void {
    const draft = toRaw(shared.draft)
    if (JSON.stringify(draft) === JSON.stringify(shared.empty())) sessionStorage.removeItem(name(scope))
    else sessionStorage.setItem(name(scope), JSON.stringify({ ...draft, [BEGAN]: shared.began() }))
  }
  // It outlives the form that opened it.
  const watching = effectScope(true)
  watching.run(() => watch(shared.draft, store, { flush: 'sync' }))
  shared.stop = () => watching.stop()
  open.set(scope, shared)
  return shared
}
/** Forgets, once no form shows it, what holds nothing that was typed: neither kept nor on its way. */
function forget(scope: string, shared: Shared): void {
  if (shared.users > 0 || hasDraft(scope) || open.get(scope) !== shared) return
  shared.stop()
  open.delete(scope)
}
export const draftsInMemory = () => open.size

/**
 * What an agent is typing, kept in sessionStorage under `scope` (place and form) until it is saved:
 * texts, numbers, lists, whatever JSON holds. What the page fills in belongs to `empty`.
 * Nothing that arrives from the server touches it. An edit says by `began` what it began from, such as a version: that
 * is kept with it, and comes back as `restored` does.
 */
export function useDraft<T extends object, B = undefined>(scope: string, empty: () => T, began?: () => B) {
  const shared = open.get(scope) ?? share(scope)
  const draft = shared.draft as T
  const stored = sessionStorage.getItem(name(scope))
  const { [BEGAN]: from, ...kept } = (stored === null ? {} : JSON.parse(stored)) as Partial<T> & { [BEGAN]?: B }
  shared.empty = empty
  shared.began = began ?? (() => undefined)

  function put(values: T): void {
    Object.assign(draft, values)
    sessionStorage.removeItem(name(scope))
  }
  put(empty())
  if (stored !== null) {
    Object.assign(draft, kept)
    sessionStorage.setItem(name(scope), stored) // with what it began from, which is not what the page shows by now
  }
  if (getCurrentScope()) {
    shared.users++
    onScopeDispose(() => {
      shared.users--
      forget(scope, shared)
    })
  }
  const clear = (): void => {
    if (open.get(scope) !== shared) return // what is typed by now is another form's
    put(empty())
    forget(scope, shared)
  }
  return { draft, clear, restored: stored !== null, began: from }
}

export const hasDraft = (scope: string) => sessionStorage.getItem(name(scope)) !== null
