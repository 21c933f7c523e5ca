import type { ServiceRules, WeeklyShifts } from '../types'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies (keyof WeeklyShifts)[]
export const BY_URGENCY = ['urgent', 'high', 'normal', 'low'] as const
/** What a lead saves; parts are compared and shown one by one. */
export type Part = 'zone' | 'weekly' | 'special_days' | 'targets'
export const PARTS: Part[] = ['weekly', 'special_days', 'targets', 'zone']
export type RulesDraft = Pick<ServiceRules, Part>
export type Shifts = ServiceRules['special_days'][number]['shifts']

export const partsOf = ({ zone, weekly, special_days, targets }: RulesDraft): RulesDraft =>
  JSON.parse(JSON.stringify({ zone, weekly, special_days, targets })) as RulesDraft
export const shiftsText = (shifts: Shifts): string => shifts.map(([from, to]) => `${from}–${to}`).join(', ')
/** The parts in which two revisions differ. */
export const differing = (a: RulesDraft, b: RulesDraft): Part[] =>
  PARTS.filter((part) => JSON.stringify(sorted(a[part])) !== JSON.stringify(sorted(b[part])))

/** Objects by their keys: the order in which they were written is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
}
/** What is wrong with the shifts of a day, before the server says it: empty, turned around, overlapping. */
export function shiftsFault(shifts: Shifts): 'order' | 'overlap' | null {
  const pairs = shifts.map(([from, to]) => [from ?? '', to ?? ''] as const)
  if (pairs.some(([from, to]) => from === '' || to === '' || from >= to)) return 'order'
  const inOrder = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.some(([from], at) => at > 0 && from < inOrder[at - 1]![1]) ? 'overlap' : null
}
