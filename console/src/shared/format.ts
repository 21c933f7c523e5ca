/** The one place where money and times become text. Times are shown in the browser's zone. */
import { i18n } from '../app/i18n'

const YUAN = new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY' })

/** 123450 → ¥1,234.50 */
export const money = (fen: number) => YUAN.format(fen / 100)

/** What an agent typed as yuan ("1,234.5", "￥6") in fen; null when it is no amount of at most two decimals. */
export function parseYuan(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s,，¥￥元]/g, '')
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!match) return null
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}
/** 49760 → 497.60, 600 → 6: as an amount stands in a field, exact. */
export const yuanText = (fen: number) => (fen % 100 === 0 ? String(fen / 100) : `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`)

/** +8613812341234 → 13812341234; other countries keep their prefix. */
export const phoneText = (phone: string) => phone.replace(/^\+86(?=1)/, '')

const locale = () => i18n.global.locale.value
/** Making a formatter takes a hundred times as long as using it, and a list shows hundreds of moments. */
function inEachLanguage<T>(make: (language: string) => T): () => T {
  const made = new Map<string, T>()
  return () => {
    const language = locale()
    const format = made.get(language) ?? make(language)
    made.set(language, format)
    return format
  }
}
const dates = (options: Intl.DateTimeFormatOptions) => inEachLanguage((language) => new Intl.DateTimeFormat(language, options))
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const DAY = { month: 'short', day: 'numeric' } as const
const onlyTime = dates(CLOCK)
const dayAndTime = dates({ ...CLOCK, ...DAY })
const onlyDate = dates({ ...DAY, year: 'numeric' })
const wholeTime = dates({ dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' })
const weekday = dates({ ...DAY, weekday: 'short' })
const shortDay = dates(DAY)
const dayOfYear = dates({ ...DAY, year: 'numeric' })
const distanceFrom = inEachLanguage((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }))
const sameYear = (a: Date, b: Date) => a.getFullYear() === b.getFullYear()
const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString()

const HALF_A_YEAR = 182 * 86_400_000
/** Short: 14:03 today, 9月3日 14:03 this year or lately, 2025年9月3日 before that. */
export function when(iso: string, now = new Date()): string {
  const time = new Date(iso)
  const lately = sameYear(time, now) || Math.abs(now.getTime() - time.getTime()) < HALF_A_YEAR
  const format = !lately ? onlyDate : sameDay(time, now) ? onlyTime : dayAndTime
  return format().format(time)
}
export const fullTime = (iso: string) => wholeTime().format(new Date(iso))

/** A calendar date ("2026-09-03") without a zone. */
export function day(date: string): string {
  const [year = 0, month = 1, date_ = 1] = date.split('-').map(Number)
  return weekday().format(new Date(year, month - 1, date_))
}

/** A sentence of the server's whose days stand as 2026-09-03: they read as days do elsewhere, the year only if it is another one. */
export const plainDates = (text: string, now = new Date()) =>
  text.replace(/\b(\d{4})-(\d\d)-(\d\d)\b/g, (_, year: string, month: string, date: string) =>
    (Number(year) === now.getFullYear() ? shortDay : dayOfYear)().format(new Date(Number(year), Number(month) - 1, Number(date))))

const HOUR_MS = 3_600_000
const SAME_DAY_MS = 12 * HOUR_MS
/** The number of a calendar day: days apart, whatever the clock was put to between them. */
const dayNumber = (time: Date) => Math.round(Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / 86_400_000)
/** 3 minutes ago, in 2 hours; days are days of the calendar: yesterday ended at midnight, and shortly before it was hours ago. */
export function relative(iso: string, now: number): string {
  const time = new Date(iso)
  const distance = time.getTime() - now
  const days = dayNumber(time) - dayNumber(new Date(now))
  if (days !== 0 && Math.abs(distance) >= SAME_DAY_MS) return distanceFrom().format(days, 'day')
  if (Math.abs(distance) >= HOUR_MS) return distanceFrom().format(Math.trunc(distance / HOUR_MS), 'hour')
  if (Math.abs(distance) >= 60_000) return distanceFrom().format(Math.trunc(distance / 60_000), 'minute')
  return i18n.global.t('time.justNow')
}

const UNITS: ['day' | 'hour' | 'minute', number][] = [['day', 24 * HOUR_MS], ['hour', HOUR_MS], ['minute', 60_000]]
const inUnits = inEachLanguage((language) => {
  const units = UNITS.map(([unit, size]) => [new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }), size] as const)
  return (ms: number) => {
    const [format, size] = units.find(([, one]) => ms >= one) ?? units.at(-1)!
    return format.format(Math.max(1, Math.trunc(ms / size)))
  }
})
/** How long, in its largest unit, whichever way: 36 minutes, 22 hours, 1 day. */
export const lasting = (ms: number) => inUnits()(Math.abs(ms))

/** The value of a datetime-local field for a moment, in the browser's zone. */
export function toLocalInput(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
/** The moment that a datetime-local field names. */
export const fromLocalInput = (value: string) => new Date(value).toISOString()

/** 2000 basis points → 8 折 in Chinese, 20% off in English. */
export function discount(bp: number): string {
  if (bp === 0) return i18n.global.t('offer.fullPrice')
  const value = locale() === 'zh-CN' ? (10_000 - bp) / 1_000 : bp / 100
  return i18n.global.t('offer.discount', { value })
}
