import { QueryObserver } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Invalidation, touchedBy } from './invalidate'
import type { Change } from './liveStream'
import { queryClient } from './query'

const change = (type: string, ids: Record<string, string>, version = 2, actor: string | null = 'KF002'): Change => ({ kind: '', type, ids, version, actor })
const ticket = change('tickets.ticket.updated.v1', { player_id: 'p1', ticket_id: 't1' })
const list = (...items: object[]) => ({ pages: [{ items }], pageParams: [undefined] })
const isStale = (key: readonly unknown[]) => queryClient.getQueryState(key)?.isInvalidated
let live: Invalidation

beforeEach(() => {
  vi.useFakeTimers()
  live = new Invalidation(() => 'KF001')
})
afterEach(() => {
  live.stop()
  vi.useRealTimers()
})
const after = () => vi.advanceTimersByTimeAsync(1_000)

test('a change touches the lists that show it and the thing itself', () => {
  expect(touchedBy(ticket)).toEqual([['tickets', 'list'], ['tickets', 'one', 't1']])
  expect(touchedBy(change('sales.order.updated.v1', { order_id: 'o1' }))).toContainEqual(['deliveries', 'list'])
  expect(touchedBy(change('catalog.changed.v1', {}))).toContainEqual(['items', 'list'])
  expect(touchedBy(change('players.something.new.v1', {}))).toEqual([])
})

test('lists of other things, and of the home page, stay as they are', async () => {
  const keys = [['tickets', 'list', {}], ['tickets', 'list', { q: 'x' }], ['orders', 'list', {}], ['players', 'p1', 'tickets']]
  for (const key of keys) queryClient.setQueryData(key, list({ ticket_id: 't1', version: 1 }))
  live.apply(ticket)
  await after()
  expect(keys.map(isStale)).toEqual([true, true, false, false])
})

test('a first answer that was on its way is asked for once more', async () => {
  const answers = ['before', 'after']
  const asked = vi.fn(() => new Promise((done) => setTimeout(() => done(answers.shift()), 2_000)))
  const observer = new QueryObserver(queryClient, { queryKey: ['tickets', 'list', { q: 'y' }], queryFn: asked })
  const stop = observer.subscribe(() => undefined)
  live.apply(ticket)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(4_000)
  expect(asked).toHaveBeenCalledTimes(2)
  expect(observer.getCurrentResult().data).toBe('after')
  stop()
})

test('the echo of one\'s own write is ignored by its version', async () => {
  queryClient.setQueryData(['tickets', 'list', {}], list({ ticket_id: 't1', version: 2 }))
  live.apply({ ...ticket, actor: 'KF001' })
  await after()
  expect(isStale(['tickets', 'list', {}])).toBe(false)
  live.apply({ ...ticket, version: 3 })
  await after()
  expect(isStale(['tickets', 'list', {}])).toBe(true)
})

test('many changes at once are one refetch', async () => {
  queryClient.setQueryData(['tickets', 'list', {}], list())
  const spy = vi.spyOn(queryClient, 'invalidateQueries')
  for (let version = 1; version < 20; version++) live.apply({ ...ticket, version })
  await after()
  expect(spy.mock.calls.filter(([found]) => (found as { refetchType?: string }).refetchType === 'none')).toHaveLength(2) // the list, and the ticket
})

test('after an outage lists and things are out of date, once; the home page sees to itself', async () => {
  queryClient.setQueryData(['tickets', 'list', {}], list())
  queryClient.setQueryData(['home', 'list', 'me', ''], list())
  live.resumed()
  live.resumed()
  await after()
  expect(isStale(['tickets', 'list', {}])).toBe(true)
  expect(isStale(['home', 'list', 'me', ''])).toBe(false)
})

test('a change just after an outage does not stop the catching up', async () => {
  queryClient.setQueryData(['orders', 'list', {}], list())
  live.apply(ticket)
  live.resumed()
  await after()
  expect(isStale(['orders', 'list', {}])).toBe(true)
})

test('on a busy desk a list still comes: a refetch is let finish, and then asked once more', async () => {
  const asked = vi.fn(() => new Promise((done) => setTimeout(() => done(list()), 2_000)))
  const observer = new QueryObserver(queryClient, { queryKey: ['tickets', 'list', { q: 'z' }], queryFn: asked, initialData: list(), staleTime: Infinity })
  const seen: number[] = []
  const stop = observer.subscribe(({ dataUpdatedAt }) => { seen.push(dataUpdatedAt) })
  for (let version = 2; version < 30; version++) {
    live.apply({ ...ticket, version })
    await vi.advanceTimersByTimeAsync(300)
  }
  stop()
  expect(new Set(seen).size).toBeGreaterThan(3)
  expect(asked.mock.calls.length).toBeLessThan(6)
})
