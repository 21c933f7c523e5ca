import type { Problem } from '../api/problem'
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

export function panelStatus(section: Section<unknown> | undefined, failed: boolean): PanelState['status'] {
  if (!section) return failed ? 'error' : 'loading'
  if (section.data === null) return 'error'
  return failed || section.status !== 'ok' ? 'stale' : 'ok'
}
