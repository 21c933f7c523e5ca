import { computed, ref } from 'vue'
import { queryClient } from '../../app/query'
import { useAgent } from '../../app/session'
import { hasDraft } from '../../shared/useDraft'
import { useOne, type One } from '../../shared/useOne'

/** No event tells of rules, reasons, categories and templates: while they are on the page, they are asked for by the minute. */
const ASKED_AGAIN_MS = 60_000

/** A short list of settings, or a set of rules, as a whole and as a Panel shows it. */
export const useSetting = <T>(name: string, fetch: (signal: AbortSignal) => Promise<T>): One<T> =>
  useOne<T>(name, 'all', (_id, signal) => fetch(signal), ASKED_AGAIN_MS)

/** After a write: whatever shows these settings, or names things by them, fetches them anew. */
export const settingChanged = (name: string) => queryClient.invalidateQueries({ queryKey: [name] })

/** What the signed-in agent may do here; the server decides all the same. */
export function useRights() {
  const agent = useAgent()
  return {
    agent,
    isAdmin: computed(() => agent.value?.role === 'admin'),
    leads: computed(() => agent.value?.role === 'admin' || agent.value?.role === 'lead'),
  }
}

/** Which of several forms is open: one at a time, and after a reload the one with a draft in it. */
export function useOpenForm(scope: string, ids: () => string[] = () => []) {
  const open = ref<string | null>(hasDraft(`${scope}:new`) ? 'new' : null)
  const restore = (): void => { open.value ??= ids().find((id) => hasDraft(`${scope}:${id}`)) ?? null }
  return { open, restore, toggle: (id: string) => { open.value = open.value === id ? null : id } }
}
