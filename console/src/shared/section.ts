import { Problem } from '../api/problem'
import type { ProblemRef, Section } from '../api/types'

/** What a panel shows of its part of the page. */
export interface PanelState {
  status: 'loading' | 'ok' | 'stale' | 'error'
  asOf: string | null
  problem: Problem | ProblemRef | null
  refreshing: boolean
  refresh: () => void
}

/** The newer answer, or the last good one marked stale when the newer one has nothing (B9). */
export function keepLast<T>(before: Section<T> | undefined, next: Section<T>): Section<T> {
  if (next.data !== null || !before?.data) return next
  return { ...before, status: 'stale', problem: next.problem }
}

export const fresh = <T>(data: T): Section<T> => ({
  status: 'ok', as_of: new Date().toISOString(), data, problem: null,
})

const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 10_000
/** However long a service asks to be left alone: the page is to be whole soon after it is back. */
const LONGEST_WAIT_MS = 60_000
/** What is due already. */
const AT_ONCE_MS = 100
/** Of a query in trouble: how many of its answers in a row brought not all before, and when it is to be asked next; null while it is. */
const troubles = new WeakMap<object, { before: number; due: number | null }>()

interface Asked<T> { state: { data: T | undefined; error: unknown; fetchStatus: string } }
interface Pauses {
  /** Milliseconds after an answer that is whole. */
  whole?: number
  /** Milliseconds at least after one that is not. */
  least?: number
}

/**
 * For `refetchInterval`, in milliseconds: an answer of which something is missing or old is asked for again when the part that
 * comes back first says, after growing pauses; one that is whole after `whole`. What the page writes into an answer meanwhile
 * (`patch` of app/query.ts) puts nothing off. Nothing is asked when nobody is signed in any more, nor, which is vue-query's own
 * rule, while the page is hidden.
 */
export function untilWhole<T>(query: Asked<T>, partsOf: (data: T) => (Section<unknown> | undefined)[], pauses: Pauses = {}): number | false {
  const { data, error, fetchStatus } = query.state
  const known = troubles.get(query)
  if (fetchStatus !== 'idle') {
    if (known) known.due = null
    return false
  }
  if (data === undefined && !error) return false
  const lacking = data === undefined ? [] : partsOf(data).filter((part) => part && part.status !== 'ok')
  const signedOut = error instanceof Problem && error.status === 401
  if (signedOut || (!error && lacking.length === 0)) {
    troubles.delete(query)
    return signedOut ? false : (pauses.whole ?? false)
  }
  let due = known?.due ?? null
  if (due === null) {
    const before = known ? known.before + 1 : 0
    const asked = error ? (error instanceof Problem && error.waitMs) || 0 : Math.min(...lacking.map((part) => (part?.problem?.retry_after ?? 0) * 1_000))
    due = Date.now() + Math.max(Math.min(FIRST_PAUSE_MS * 2 ** before, LONGEST_PAUSE_MS), Math.min(asked, LONGEST_WAIT_MS), pauses.least ?? 0)
    troubles.set(query, { before, due })
  }
  // vue-query begins its pause anew at each change of what is shown.
  return Math.max(due - Date.now(), AT_ONCE_MS)
}

export function panelStatus(section: Section<unknown> | undefined, failed: boolean): PanelState['status'] {
  if (!section) return failed ? 'error' : 'loading'
  if (section.data === null) return 'error'
  return failed || section.status !== 'ok' ? 'stale' : 'ok'
}
