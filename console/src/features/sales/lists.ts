import type { InfiniteData } from '@tanstack/vue-query'
import { queryClient } from '../../app/query'
import type { Page } from '../../shared/list/list'

/** The filters that are set, as the API is asked for them. */
export const asked = <Q extends object>(values: Record<string, unknown>): Q =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== false && value !== undefined && !(Array.isArray(value) && value.length === 0))) as Q

/** An id that is typed or pasted into a filter counts once it is whole. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
export const whole = (id: string) => (UUID.test(id) ? id : '')

type Row = Record<string, unknown>
/** Shows what a write, or a colleague, has made of something: in its own page and in every list that holds it. */
export function showEverywhere(name: string, idField: string, changed: object): void {
  const row = changed as Row
  queryClient.setQueryData<Row>([name, 'one', row[idField]], (old) => (old ? { ...old, ...row } : old))
  queryClient.setQueriesData<InfiniteData<Page<Row>>>({ queryKey: [name, 'list'] }, (all) => all && {
    ...all,
    pages: all.pages.map((page) => ({ ...page, items: page.items.map((one) => (one[idField] === row[idField] ? { ...one, ...row } : one)) })),
  })
}

/** The business day: that of Shanghai, whatever the browser's zone. */
const SHANGHAI = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
export const today = (): string => SHANGHAI.format(new Date())
export function daysFrom(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
