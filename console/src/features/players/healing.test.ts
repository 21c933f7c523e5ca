import { focusManager } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { h } from 'vue'
import { PLAYER_ID, aCard, aPitch, aPlayer, aTicket, list, missing, problem, section, show, stubApi } from '../../testing/api'
import PlayerList from './PlayerList.vue'
import { usePlayerHome } from './usePlayerHome'

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
  stubApi({ 'GET /home': (_call, attempt) => {
    asked.push(Math.round((Date.now() - begin) / 1_000))
    return answer(attempt)
  } })
  const view = show(PlayerList, { props: { selected: null, q: '', owner: 'me' } })
  await seconds(0.1)
  return { asked, text: () => view.get('[data-testid=attention]').text() }
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
