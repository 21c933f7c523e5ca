import type { Ticket } from '../../api/types'

export interface Deadline { kind: 'first_response' | 'resolution'; at: string; overdue: boolean }

/** The deadline of a ticket that comes next, or what has been missed; null where there is none now. */
export function deadlineOf({ state, clock }: Ticket, now: number): Deadline | null {
  const at = clock.next_due_at
  if (state === 'done' || !at) return null
  const kind = clock.overdue ?? (at === clock.first_response_due_at ? 'first_response' : 'resolution')
  return { kind, at, overdue: clock.overdue !== null || Date.parse(at) < now }
}
