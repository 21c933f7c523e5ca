import { useMutation } from '@tanstack/vue-query'
import { computed, ref, watch, type Ref } from 'vue'
import { ifMatch } from '../api/client'
import { Problem } from '../api/problem'
import { hasDraft, useDraft } from './useDraft'

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
}

/**
 * An edit of something with a version. Only what differs is sent. Who was overtaken (412) sees both texts: `conflicts`
 * for ConflictNote, which keeps mine or takes theirs; a colleague's change of other fields is no conflict. The draft
 * survives reloads and whatever arrives meanwhile.
 */
export function useEdit<T extends { version: number }, F extends object>({ scope, of, form, send, saved }: Options<T, F>) {
  // A draft that comes back with a reload is still measured against what it was made from: what a colleague has saved
  // since is a conflict then as well, and never undone by what the form showed before.
  const kept = useDraft<{ of: T | null }>(`${scope}:base`, () => ({ of: null }))
  const base = ref(hasDraft(scope) && kept.draft.of ? JSON.parse(JSON.stringify(kept.draft.of)) : of) as Ref<T>
  const { draft, clear: forget, restored } = useDraft<F>(scope, () => form(base.value))
  watch(draft, () => { kept.draft.of ??= base.value }, { flush: 'sync' })
  function clear(): void {
    forget()
    kept.clear()
  }
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  const changed = computed(() => (Object.keys(draft) as (keyof F & string)[]).filter((name) => !same(draft[name], form(base.value)[name])))

  const mutation = useMutation<T, Error, void>({
    mutationFn: () => send(Object.fromEntries(changed.value.map((name) => [name, draft[name]])) as Partial<F>, ifMatch(base.value.version)),
    onSuccess(result) {
      base.value = result
      clear()
      saved(result)
    },
    onError(error) {
      const theirs = currentOf(error)
      if (!theirs) return
      const mine = changed.value
      // Mine stay as they are, everything else becomes theirs.
      const clash = mine.filter((name) => !same(form(theirs)[name], form(base.value)[name]) && !same(form(theirs)[name], draft[name]))
      if (clash.length) return
      rebase(theirs)
      setTimeout(() => mutation.mutate())
    },
  })
  const problem = computed(() => (mutation.error.value instanceof Problem ? mutation.error.value : null))
  const theirs = computed(() => currentOf(problem.value))

  function currentOf(error: Error | null): T | undefined {
    return error instanceof Problem && error.slug === 'stale-version' ? (error.extra.current as T | undefined) : undefined
  }
  function rebase(next: T): void {
    const mine = Object.fromEntries(changed.value.map((name) => [name, draft[name]]))
    base.value = next
    Object.assign(draft, form(next), mine)
    kept.draft.of = next
  }
  const save = (): void => { if (changed.value.length && !mutation.isPending.value) mutation.mutate() }
  return {
    draft, changed, save, restored, theirs,
    pending: mutation.isPending,
    /** What went wrong, unless it is a conflict. */
    problem: computed(() => (theirs.value ? null : problem.value)),
    /** The fields in which both differ, for ConflictNote; `label` names a field. */
    conflicts: (label: (name: keyof F & string) => string, show: (value: unknown) => string = (value) => String(value ?? '')) => {
      const found = theirs.value
      return found ? changed.value.map((name) => ({ label: label(name), theirs: show(form(found)[name]), mine: show(draft[name]) })) : []
    },
    keepMine(): void {
      if (theirs.value) rebase(theirs.value)
      save()
    },
    takeTheirs(): void {
      const found = theirs.value
      if (found) base.value = found
      clear()
      mutation.reset()
      if (found) saved(found)
    },
    /** Forgets what was typed. */
    reset(): void {
      clear()
      mutation.reset()
    },
  }
}
