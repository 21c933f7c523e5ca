import { focusManager } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { h } from 'vue'
import { keys, queryClient } from '../../app/query'
import { PLAYER_ID, aCard, aPitch, aPlayer, aTicket, list, missing, problem, section, show, stubApi } from '../../testing/api'
import { putTicket } from '../tickets/useTickets'
import PlayerList from './PlayerList.vue'
import { usePlayerHome } from './usePlayerHome'
import { dropCard, refreshCards } from './usePlayerList'
import { putPlayer } from './usePlayerWrite'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  focusManager.setFocused(undefined)
  vi.useRealTimers()
})
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)

const waiting = (count: number) => section({
  items: Array.from({ length: count }, (_, at) => ({ kind: 'ticket', due_at: aTicket().asked_at, player_id: PLAYER_ID, player: aCard(), ticket: aTicket({ ticket_id: `t${at}` }) })),
})
const troubled = (retry_after?: number) => ({ type: 'urn:gamedesk:problem:unavailable', title: 'x', status: 503, service: 'sales', ...(retry_after !== undefined && { retry_after }) })
const whole = { attention: waiting(2), sales_attention: section({ items: [] }), pack_attention: section({ items: [] }), players: section(list(aCard())) }
/** As after a reload while sales is away: the tickets that wait are there, the follow-ups are not. */
const partly = (retry_after?: number) => ({ ...whole, attention: { ...waiting(1), status: 'stale', problem: troubled(retry_after) } })

/** The left column, and how many seconds after it was opened each of its questions was sent. */
async function opened(answer: (asked: number) => [number, object]) {
  const [begin, asked]: [number, number[]] = [Date.now(), []]
  stubApi({
    'GET /home': (_call, attempt) => {
      asked.push(Math.round((Date.now() - begin) / 1_000))
      return answer(attempt)
    },
    // As many versions of a card as are asked for: an event came in between.
    'GET /player-cards': ({ query }, version) => [200, list(...query.get('ids')!.split(',').map((player_id) => aCard({ player_id, version })))],
  })
  const view = show(PlayerList, { props: { selected: null, q: '', owner: 'me' } })
  await seconds(0.1)
  return {
    asked,
    text: () => view.get('[data-testid=attention]').text(),
    players: () => view.text().slice(view.get('[data-testid=attention]').text().length),
    height: () => (view.get('[data-testid=player-list]').element as HTMLElement).style.height,
  }
}
/** A desk on which one player or another changes again and again. */
async function busy(count: number, change: () => void | Promise<void> = () => refreshCards([PLAYER_ID, 'other'], 'KF001')) {
  for (let n = 0; n < count; n++) {
    await Promise.all([change(), seconds(1)])
  }
}

test('what waits for the agent and is not all there is asked for again by itself, after growing pauses, until it is whole (B9)', async () => {
  const { asked, text } = await opened((attempt) => [200, attempt < 7 ? partly(2) : whole])
  expect(text()).toContain('部分提醒暂时读不到')
  await seconds(60)
  expect(asked).toEqual([0, 2, 6, 14, 24, 34, 44])
  expect(text()).not.toContain('部分提醒暂时读不到')
  expect(text()).not.toContain('旧数据')
})

test('the pause is as long as the part that comes back first says, and never longer than a minute', async () => {
  const sales = { ...missing, problem: troubled(7) }
  const { asked } = await opened((attempt) => [200, [{ ...partly(30), sales_attention: sales }, partly(86_400)][attempt - 1] ?? whole])
  await seconds(80)
  expect(asked).toEqual([0, 7, 67])
})

test.each([
  ['all of it', { attention: missing, sales_attention: missing, pack_attention: missing }],
  ['the sales', { sales_attention: missing }],
  ['the packs', { pack_attention: { ...section({ items: [] }), status: 'stale', problem: troubled() } }],
  ['the players', { players: { ...section(list(aCard())), status: 'stale', problem: troubled() } }],
  ['the players from the beginning', { players: missing }],
])('of an answer without %s the rest is asked for (B9)', async (_, gone) => {
  const { asked } = await opened((attempt) => [200, attempt === 1 ? { ...whole, ...gone } : whole])
  await seconds(60)
  expect(asked).toEqual([0, 2])
})

test('a page that nobody sees asks nothing, and goes on when it is seen again', async () => {
  const { asked } = await opened((attempt) => [200, attempt < 2 ? partly(2) : whole])
  focusManager.setFocused(false)
  await seconds(60)
  expect(asked).toEqual([0])
  focusManager.setFocused(true)
  await seconds(2)
  expect(asked).toHaveLength(2)
})

test('who is not signed in any more asks nothing', async () => {
  const { asked } = await opened((attempt) => (attempt === 1 ? [200, partly(2)] : [401, problem('unauthenticated')]))
  await seconds(300)
  expect(asked).toEqual([0, 2])
})

test('a section of a player is asked for again in the same way (B9)', async () => {
  const stub = stubApi({
    [`GET /home/players/${PLAYER_ID}`]: [200, {
      player_id: PLAYER_ID, player: section(aPlayer()), tickets: section(list()), touches: section(list()), quotes: section(list()), orders: section(list()),
      pitch: { ...missing, problem: troubled(5) },
    }],
    [`GET /pitches/${PLAYER_ID}`]: [200, aPitch()],
  })
  const view = show({ setup: () => { const { pitch } = usePlayerHome(PLAYER_ID); return () => h('p', pitch.status) } })
  await seconds(4.5)
  expect([view.text(), stub.of(`GET /pitches/${PLAYER_ID}`).length]).toEqual(['error', 0])
  await seconds(1)
  expect([view.text(), stub.of(`GET /pitches/${PLAYER_ID}`).length]).toEqual(['ok', 1])
  await seconds(60)
  expect(stub.of(`GET /pitches/${PLAYER_ID}`)).toHaveLength(1)
})

test('a number of reminders of which some cannot be read says that there may be more', async () => {
  const { text } = await opened((attempt) => [200, attempt === 1 ? partly(2) : whole])
  expect(text()).toMatch(/^待处理提醒\s*1\+/)
  await seconds(3)
  expect(text()).toMatch(/^待处理提醒\s*2(?!\+)/)
})

const stalePlayers = (retry_after?: number) => ({ ...whole, players: { ...section(list(aCard())), status: 'stale', problem: troubled(retry_after) } })

test('a player who changes while there is no list is no list: it is asked for until it is there (B9)', async () => {
  const { asked, players, height } = await opened((attempt) => [200, attempt < 3 ? { ...whole, players: missing } : { ...whole, players: section(list(aCard(), aCard({ player_id: 'p2' }))) }])
  await refreshCards(['new'], 'KF001')
  await seconds(1)
  expect([players(), height()]).toEqual([expect.stringContaining('读不到'), '0px'])
  await seconds(30)
  expect([asked, height()]).toEqual([[0, 2, 6], '96px'])
})

test('a player who comes on top of an old list leaves it marked old, and asked for (B9)', async () => {
  const { asked, players, height } = await opened((attempt) => [200, attempt < 3 ? stalePlayers() : whole])
  await refreshCards(['new'], 'KF001')
  await seconds(1)
  expect([players(), height()]).toEqual([expect.stringContaining('旧数据'), '96px'])
  await seconds(30)
  expect(asked).toEqual([0, 2, 6])
  expect(players()).not.toContain('旧数据')
})

test('changes that never end do not put off asking for what is old (B9)', async () => {
  const { asked } = await opened((attempt) => [200, attempt < 6 ? stalePlayers() : whole])
  await busy(50)
  expect(asked).toEqual([0, 2, 6, 14, 24, 34])
})

test('... nor when there is long to wait, as a service says', async () => {
  const { asked } = await opened((attempt) => [200, attempt === 1 ? stalePlayers(30) : whole])
  await busy(60)
  expect(asked).toEqual([0, 30])
})

test('... nor, a minute after, when there are many pages', async () => {
  const { players: page } = stalePlayers()
  queryClient.setQueryData(keys.list('', 'me'), { pages: [page, page, page], pageParams: [undefined, 'a', 'b'] })
  // What waits for the agent is asked for at once.
  const { asked } = await opened(() => [200, whole])
  await busy(75)
  expect(asked).toEqual([0, 60])
})

test('a player who changes, comes or leaves after asking anew has failed leaves the list old, and asked for (B9)', async () => {
  const { asked, players } = await opened((attempt) => (attempt === 2 ? [500, problem('broken')] : [200, attempt === 1 ? stalePlayers() : whole]))
  await seconds(2)
  await refreshCards([PLAYER_ID, 'new'], 'KF001')
  dropCard('new')
  await seconds(1)
  expect(players()).toContain('旧数据')
  await seconds(30)
  expect(asked).toEqual([0, 2, 6])
})

test('what is written on an answer while it is asked for again leaves the mark of what is old, and outlasts being cancelled', async () => {
  const key = keys.section(PLAYER_ID, 'tickets')
  queryClient.setQueryData(key, section(list(aTicket())), { updatedAt: 1 })
  await queryClient.fetchQuery({ queryKey: key, queryFn: () => Promise.reject(new Error('broken')), retry: false }).catch(() => undefined)
  const [state, asked] = [() => queryClient.getQueryState(key)!, queryClient.fetchQuery({ queryKey: key, queryFn: () => new Promise(() => undefined) }).catch(() => undefined)]
  putTicket(aTicket({ revision: 2, state: 'done' }))
  expect([state().status, state().fetchStatus, state().isInvalidated, state().dataUpdatedAt]).toEqual(['error', 'fetching', true, 1])
  await queryClient.cancelQueries({ queryKey: key })
  await asked
  expect(state().data).toMatchObject({ data: { items: [{ state: 'done' }] } })
})

test('what is written on the parts of a player after asking for them anew has failed leaves them old, and asked for (B9)', async () => {
  const [begin, asked]: [number, number[]] = [Date.now(), []]
  const broken = (body: object) => (_call: unknown, attempt: number): [number, object] => {
    asked.push(Math.round((Date.now() - begin) / 1_000))
    return attempt < 3 ? [500, problem('broken')] : [200, body]
  }
  stubApi({
    [`GET /home/players/${PLAYER_ID}`]: [200, {
      player_id: PLAYER_ID, player: section(aPlayer()), tickets: section(list(aTicket())), pitch: section(aPitch()), touches: section(list()), quotes: section(list()), orders: section(list()),
    }],
    [`GET /players/${PLAYER_ID}`]: broken(aPlayer()), 'GET /tickets': broken(list(aTicket())),
  })
  const view = show({ setup: () => { const { player, tickets } = usePlayerHome(PLAYER_ID); return () => h('p', `${player.status} ${tickets.status}`) } })
  await seconds(0.1)
  for (const name of ['player', 'tickets'] as const) void queryClient.invalidateQueries({ queryKey: keys.section(PLAYER_ID, name) })
  await seconds(0.1)
  let version = 1
  await busy(5, () => {
    version += 1
    putPlayer(aPlayer({ version }), 'KF001')
    putTicket(aTicket({ version, revision: version }))
  })
  expect([view.text(), asked]).toEqual(['stale stale', [0, 0, 2, 2]])
  await seconds(20)
  expect([view.text(), asked]).toEqual(['ok ok', [0, 0, 2, 2, 6, 6]])
})
