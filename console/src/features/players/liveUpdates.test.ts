import { QueryObserver } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keys, queryClient } from '../../app/query'
import type { Change } from '../../app/liveStream'
import { aCard, aTicket, list, PLAYER_ID, section, stubApi } from '../../testing/api'
import { LiveUpdates } from './liveUpdates'

const ticket = aTicket({ version: 3, revision: 3 })
const change = (type: string, version: number, ids: Record<string, string> = {}, actor: string | null = 'KF002'): Change => ({
  kind: type.split('.')[1]!, type, version, actor, ids: { player_id: PLAYER_ID, ticket_id: ticket.ticket_id, ...ids },
})
const stale = (key: readonly unknown[]) => queryClient.getQueryState(key)?.isInvalidated
let updates: LiveUpdates

beforeEach(() => {
  vi.useFakeTimers()
  updates = new LiveUpdates(() => 'KF001')
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(list(ticket)))
  queryClient.setQueryData(keys.section(PLAYER_ID, 'orders'), section(list()))
  queryClient.setQueryData(keys.attention, section(list()))
})
afterEach(() => {
  updates.stop()
  vi.useRealTimers()
})

test('a colleague\'s change refetches only what it touches', () => {
  updates.apply(change('tickets.ticket.updated.v1', 4))
  expect(stale(keys.section(PLAYER_ID, 'tickets'))).toBe(true)
  expect(stale(keys.section(PLAYER_ID, 'orders'))).toBe(false)
  vi.advanceTimersByTime(500)
  expect(stale(keys.attention)).toBe(true)
})

test('what a ticket says before a pitch is asked for when sales says so, and not before', () => {
  queryClient.setQueryData(keys.section(PLAYER_ID, 'pitch'), section(list()))
  updates.apply(change('tickets.ticket.updated.v1', 4))
  expect(stale(keys.section(PLAYER_ID, 'pitch'))).toBe(false)
  updates.apply(change('sales.sell_safe.changed.v1', 1))
  expect(stale(keys.section(PLAYER_ID, 'pitch'))).toBe(true)
})

test('a section whose first answer is on its way when it changes is fetched once more', async () => {
  const answers: ((value: unknown) => void)[] = []
  const observer = new QueryObserver(queryClient, { queryKey: keys.section(PLAYER_ID, 'pitch'), queryFn: () => new Promise((resolve) => answers.push(resolve)) })
  const stop = observer.subscribe(() => undefined)
  expect(answers).toHaveLength(1)
  updates.apply(change('sales.sell_safe.changed.v1', 1))
  answers[0]!(section(list()))
  await vi.advanceTimersByTimeAsync(100)
  expect(answers).toHaveLength(2)
  stop()
})

test('a change that the page already shows is ignored', () => {
  updates.apply(change('tickets.ticket.updated.v1', 3))
  vi.advanceTimersByTime(500)
  expect(stale(keys.section(PLAYER_ID, 'tickets'))).toBe(false)
  expect(stale(keys.attention)).toBe(false)
})

test.each(['catalog.item.updated.v1', 'catalog.changed.v1'])('%s refetches the offers', (type) => {
  queryClient.setQueryData(keys.offer('K7M2X', PLAYER_ID), {})
  updates.apply({ kind: 'catalog', type, version: 0, actor: null, ids: {} })
  expect(stale(keys.offer('K7M2X', PLAYER_ID))).toBe(true)
})

test('a ticket is compared by its revision, which its entries count up as well', () => {
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(list({ ...ticket, version: 9, revision: 3 })))
  updates.apply(change('tickets.ticket.updated.v1', 4))
  expect(stale(keys.section(PLAYER_ID, 'tickets'))).toBe(true)
})

test('the echo of an own write waits for the answer to it', () => {
  updates.apply(change('tickets.ticket.updated.v1', 4, {}, 'KF001'))
  queryClient.setQueryData(keys.section(PLAYER_ID, 'tickets'), section(list({ ...ticket, version: 4, revision: 4 })))
  vi.advanceTimersByTime(1_000)
  expect(stale(keys.section(PLAYER_ID, 'tickets'))).toBe(false)
})

test('changed players are fetched together and put where the list shows them', async () => {
  queryClient.setQueryData(keys.list('', 'me'), { pages: [section(list(aCard(), aCard({ player_id: 'p2' })))], pageParams: [undefined] })
  const stub = stubApi({ 'GET /player-cards': [200, list(aCard({ wechat_name: '新名字', version: 2 }), aCard({ player_id: 'p2', owner_agent_id: 'KF002', version: 2 }), aCard({ player_id: 'p3' }))] })
  for (const player_id of [PLAYER_ID, 'p2', 'p3']) updates.apply(change('players.player.updated.v1', 2, { player_id }))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(stub.calls).toHaveLength(1)
  const pages = queryClient.getQueryData<{ pages: { data: { items: { player_id: string; wechat_name: string }[] } }[] }>(keys.list('', 'me'))!.pages
  // p2 went to a colleague, p3 is new.
  expect(pages[0]!.data.items.map((card) => [card.player_id, card.wechat_name])).toEqual([['p3', '阿龙'], [PLAYER_ID, '新名字']])
})

test('who was merged leaves the list, and stays away until the merge is undone', async () => {
  queryClient.setQueryData(keys.list('', 'me'), { pages: [section(list(aCard(), aCard({ player_id: 'loser' })))], pageParams: [undefined] })
  const stub = stubApi({ 'GET /player-cards': [200, list(aCard({ player_id: 'loser', version: 9 }))] })
  const shown = () => queryClient.getQueryData<{ pages: { data: { items: { player_id: string }[] } }[] }>(keys.list('', 'me'))!.pages[0]!.data.items.map((card) => card.player_id)
  updates.apply(change('players.player.merged.v1', 2, { player_id: 'loser' }))
  updates.apply(change('players.profile.synced.v1', 3, { player_id: 'loser' }))
  await vi.advanceTimersByTimeAsync(3_000)
  expect([shown(), stub.calls.length]).toEqual([[PLAYER_ID], 0])
  updates.apply(change('players.player.updated.v1', 3, { player_id: 'loser' }))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(shown()).toEqual(['loser', PLAYER_ID])
})

test('after an outage what is on the page is refetched, but never hundreds of list pages', () => {
  const page = section(list(aCard()))
  queryClient.setQueryData(keys.list('', 'me'), { pages: [page, page, page], pageParams: [undefined, 'a', 'b'] })
  queryClient.setQueryData(keys.list('x', 'all'), { pages: [page], pageParams: [undefined] })
  updates.resumed(PLAYER_ID)
  expect(stale(keys.list('', 'me'))).toBe(false)
  expect(stale(keys.list('x', 'all'))).toBe(true)
  expect(stale(keys.attention)).toBe(true)
})

test('after an outage the open timelines are fetched, and whether one may write to the player', () => {
  const open = [keys.entries(ticket.ticket_id), ['players', PLAYER_ID, 'timeline'], keys.contactBlock(PLAYER_ID)]
  for (const key of open) queryClient.setQueryData(key, {})
  updates.resumed(PLAYER_ID)
  expect(open.map(stale)).toEqual([true, true, true])
})

test.each(['KF001', 'KF002'])('when sales has followed a merge, all of the player\'s sales are fetched, whoever merged (%s)', (actor) => {
  const sales = (['pitch', 'touches', 'orders', 'quotes', 'tickets'] as const).map((name) => keys.section(PLAYER_ID, name))
  const all = [...sales, keys.contactBlock(PLAYER_ID)]
  for (const key of all) queryClient.setQueryData(key, section(list()))
  updates.apply({ ...change('sales.follow_up.changed.v1', 1, {}, actor), ids: { player_id: PLAYER_ID } })
  vi.advanceTimersByTime(1_000)
  expect(all.map(stale)).toEqual(all.map(() => true))
})

test('a pack that changes may be one that waits for me', () => {
  updates.apply({ ...change('catalog.pack.updated.v1', 2), ids: { pack_id: 'k1' } })
  vi.advanceTimersByTime(500)
  expect(stale(keys.attention)).toBe(true)
})

test('changes that never end put nothing off, and no card is forgotten', async () => {
  const stub = stubApi({ 'GET /player-cards': [200, list()] })
  for (let n = 0; n < 150; n++) {
    updates.apply(change('players.player.updated.v1', 9, { player_id: `p${n}` }))
    await vi.advanceTimersByTimeAsync(20)
  }
  await vi.advanceTimersByTimeAsync(3_000)
  const asked = stub.of('GET /player-cards').map((call) => call.query.get('ids')!.split(','))
  expect(asked.length).toBeGreaterThan(2)
  expect(new Set(asked.flat()).size).toBe(150)
  for (let n = 0; n < 210; n++) updates.apply(change('players.player.updated.v1', 9, { player_id: `q${n}` }))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(new Set(stub.of('GET /player-cards').flatMap((call) => call.query.get('ids')!.split(','))).size).toBe(360)
})
