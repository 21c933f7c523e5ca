export const PERIODS = ['today', 'week', 'month', 'own'] as const
export type Period = (typeof PERIODS)[number]
export const MOST_DAYS = 92

const DAY_MS = 86_400_000
/** The business day is Shanghai's, wherever the agent sits. */
export const businessDay = (now: number): string => new Date(now).toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' })
const time = (day: string) => Date.parse(`${day}T00:00:00Z`)
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
export const addDays = (day: string, days: number) => dayOf(time(day) + days * DAY_MS)
export const isDay = (day: string) => /^2[01]\d\d-\d\d-\d\d$/.test(day) && !Number.isNaN(time(day)) && dayOf(time(day)) === day

/** The first and last day of a period: the week since Monday, the month since its first. */
export function daysOf(period: Period, today: string, own: { from: string; to: string }): { from: string; to: string } {
  if (period === 'today') return { from: today, to: today }
  if (period === 'week') return { from: addDays(today, -((new Date(time(today)).getUTCDay() + 6) % 7)), to: today }
  if (period === 'month') return { from: `${today.slice(0, 8)}01`, to: today }
  return { from: own.from || addDays(today, -6), to: own.to || today }
}
/** What is wrong with a period, as the key of its sentence. */
export function wrongDays({ from, to }: { from: string; to: string }): 'kpi.badDay' | 'kpi.badOrder' | 'kpi.tooLong' | null {
  if (!isDay(from) || !isDay(to)) return 'kpi.badDay'
  if (to < from) return 'kpi.badOrder'
  return time(to) - time(from) >= MOST_DAYS * DAY_MS ? 'kpi.tooLong' : null
}
