import { useIsMutating, useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, shallowRef } from 'vue'
import { ifMatch } from '../api/client'
import { Problem } from '../api/problem'
import { useDraft } from './useDraft'

interface Options<T, F> {
  /** Names the draft: place and form, such as `settings:agent:KF001`. */
  scope: string
  /** What is edited, as the page shows it when the form opens. */
  of: T
  /** What the form holds of it: texts, numbers, lists; compared as JSON. */
  form: (of: T) => F
  /** Sends what differs, against the version that it was made from. */
  send: (changes: Partial<F>, header: ReturnType<typeof ifMatch>) => Promise<T>
  saved: (result: T) => void
  /** Where taking theirs is not the same as having saved. */
  taken?: (theirs: T) => void
}
interface Base<F> { version: number; form: F }
interface Sent<F> { changes: Partial<F>; version: number }

/** As JSON, for a draft may come out of the storage; blanks around a text are no difference, for they are not saved. */
const plain = (value: unknown) => JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? part.trim() : part))
const copy = <V>(value: V) => JSON.parse(JSON.stringify(value)) as V
const same = (a: unknown, b: unknown) => plain(a) === plain(b)

/**
 * An edit of something with a version. Only what differs is sent. Who was overtaken (412) sees both texts: `conflicts`
 * for ConflictNote, which keeps mine or takes theirs; a colleague's change of other fields is no conflict. The draft
 * survives reloads and whatever arrives meanwhile, together with what it began from: after a reload, too, only what the
 * agent changed is his.
 */
export function useEdit<T extends { version: number }, F extends object>({ scope, of, form, send, saved, taken = saved }: Options<T, F>) {
  type Name = keyof F & string
  const baseOf = (one: T): Base<F> => ({ version: one.version, form: form(one) })
  const base = shallowRef(baseOf(of))
  const { draft, clear, restored, began } = useDraft<F, Base<F>>(scope, () => copy(base.value.form), () => base.value)
  const names = Object.keys(base.value.form) as Name[]
  const changed = computed(() => names.filter((name) => !same(draft[name], base.value.form[name])))
  if (began) {
    base.value = began
    // Where both changed the same the save finds it out, and asks.
    if (of.version > began.version && clash(of).length === 0) rebase(of)
  }

  const mutationKey = ['edit', scope]
  const mutation = useMutation<T, Error, Sent<F>>({
    mutationKey,
    mutationFn: ({ changes, version }) => send(changes, ifMatch(version)),
    onSuccess: finish,
    onError(error) {
      const theirs = currentOf(error)
      if (!theirs || clash(theirs).length) return
      rebase(theirs)
      // It is as I wanted it: mine had got through, and only its answer was lost.
      if (changed.value.length === 0) setTimeout(() => { mutation.reset(); finish(theirs) })
      else setTimeout(write)
    },
  })
  const client = useQueryClient()
  const running = useIsMutating({ mutationKey, exact: true })
  const problem = computed(() => (mutation.error.value instanceof Problem ? mutation.error.value : null))
  const theirs = computed(() => currentOf(problem.value))

  function currentOf(error: Error | null): T | undefined {
    return error instanceof Problem && error.slug === 'stale-version' ? (error.extra.current as T | undefined) : undefined
  }
  /** What both have changed, and not to the same. */
  function clash(theirs: T): Name[] {
    const now = form(theirs)
    return changed.value.filter((name) => !same(now[name], base.value.form[name]) && !same(now[name], draft[name]))
  }
  /** Mine stay as they are, everything else becomes theirs. */
  function rebase(next: T): void {
    const mine = Object.fromEntries(changed.value.map((name) => [name, draft[name]]))
    base.value = baseOf(next)
    Object.assign(draft, copy(base.value.form), mine)
  }
  function finish(result: T): void {
    base.value = baseOf(result)
    clear()
    saved(result)
  }
  function write(): void {
    mutation.mutate({ changes: Object.fromEntries(changed.value.map((name) => [name, draft[name]])) as Partial<F>, version: base.value.version })
  }
  const save = (): void => { if (changed.value.length && !client.isMutating({ mutationKey, exact: true })) write() }
  return {
    draft, changed, save, restored, theirs,
    pending: computed(() => mutation.isPending.value || running.value > 0),
    /** What went wrong, unless it is a conflict. */
    problem: computed(() => (theirs.value ? null : problem.value)),
    /** The fields in which both differ, for ConflictNote; `label` names a field. */
    conflicts: (label: (name: Name) => string, show: (value: unknown) => string = (value) => String(value ?? '')) => {
      const found = theirs.value
      return found ? changed.value.map((name) => ({ label: label(name), theirs: show(form(found)[name]), mine: show(draft[name]) })) : []
    },
    keepMine(): void {
      if (theirs.value) rebase(theirs.value)
      save()
    },
    takeTheirs(): void {
      const found = theirs.value
      if (found) base.value = baseOf(found)
      clear()
      mutation.reset()
      if (found) taken(found)
    },
    /** What it is by now: mine stay as they are, unless a colleague changed the same; then the save finds it out, and asks. */
    follow(next: T): void {
      if (next.version > base.value.version && clash(next).length === 0) rebase(next)
    },
    /** Forgets what was typed. */
    reset(): void {
      clear()
      mutation.reset()
    },
  }
}
