import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveStream, type LiveMessage } from './liveStream'

class FakeSource extends EventTarget {
  static all: FakeSource[] = []
  closed = false
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    FakeSource.all.push(this)
  }
  close() { this.closed = true }
  say(name: string, data = '{}') { this.dispatchEvent(new MessageEvent(name, { data })) }
}
const last = () => FakeSource.all.at(-1)!
let told: LiveMessage[]
let stream: LiveStream

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.all = []
  told = []
  stream = new LiveStream((message) => told.push(message))
})
afterEach(() => vi.useRealTimers())

test('is live from the hello on and passes changes', () => {
  stream.watch(['p1'])
  expect(last().url).toBe('/api/live?player=p1')
  last().say('hello')
  last().say('change', '{"type":"tickets.ticket.updated.v1"}')
  expect(told).toEqual([{ state: 'connecting' }, { follows: ['p1'] }, { state: 'live' }, { change: { type: 'tickets.ticket.updated.v1' } }])
})

test('another player opens a second stream before the first is closed', () => {
  stream.watch(['p1'])
  const first = last()
  first.say('hello')
  stream.watch(['p2'])
  expect(first.closed).toBe(false)
  last().say('hello')
  expect(first.closed).toBe(true)
  expect(told).toEqual([{ state: 'connecting' }, { follows: ['p1'] }, { state: 'live' }, { follows: ['p2'] }])
})

test('a broken stream comes back by itself, with longer and longer pauses, and says that it was away', () => {
  stream.watch([])
  last().say('hello')
  last().onerror!()
  expect(told.slice(-2)).toEqual([{ state: 'off' }, { ended: true }])
  vi.advanceTimersByTime(500)
  last().onerror!()
  vi.advanceTimersByTime(500)
  expect(FakeSource.all).toHaveLength(2)
  vi.advanceTimersByTime(500)
  expect(FakeSource.all).toHaveLength(3)
  last().say('hello')
  expect(told.slice(-2)).toEqual([{ state: 'live' }, { resumed: true }])
})

test('a gateway that hears of no changes is not live, and what was missed is fetched afterwards', () => {
  stream.watch([])
  last().say('hello')
  last().say('state', '{"nats":"up"}')
  last().say('state', '{"nats":"down"}')
  expect(told).toEqual([{ state: 'connecting' }, { follows: [] }, { state: 'live' }, { state: 'off' }])
  last().say('state', '{"nats":"up"}')
  expect(told.slice(-2)).toEqual([{ state: 'live' }, { resumed: true }])
})

test('a token that ends is followed by the next one without alarm', () => {
  stream.watch([])
  last().say('hello')
  last().say('bye')
  expect(told.slice(-2)).toEqual([{ state: 'connecting' }, { ended: true }])
  vi.advanceTimersByTime(500)
  last().say('hello')
  expect(told.slice(-2)).toEqual([{ state: 'live' }, { resumed: true }])
})

test('stops for good when nobody watches any more', () => {
  stream.watch(['p1'])
  last().say('hello')
  expect(stream.follows).toEqual(['p1'])
  stream.stop()
  expect(stream.follows).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(FakeSource.all).toHaveLength(1)
  expect(last().closed).toBe(true)
})

test('whoever goes from player to player leaves no stream behind, whichever is up first', () => {
  stream.watch(['p1'])
  last().say('hello')
  stream.watch(['p2'])
  stream.watch(['p3'])
  const [first, second, third] = FakeSource.all
  third!.say('hello')
  second!.say('hello')
  expect([first!.closed, second!.closed, third!.closed]).toEqual([true, true, false])
  stream.watch(['p4'])
  stream.stop()
  expect(FakeSource.all.map(({ closed }) => closed)).toEqual([true, true, true, true])
})

test('more players than the gateway follows are not asked for: the last opened are', () => {
  stream.watch(Array.from({ length: 25 }, (_, at) => `p${at}`))
  expect(last().url.match(/player=/g)).toHaveLength(20)
  expect(last().url).toContain('player=p24')
  expect(last().url).not.toContain('player=p4&')
})

test('another agent gets a stream of his own, and the page hears whose it is', () => {
  stream.watch(['p1'], 'KF001')
  last().say('hello', '{"agent_id":"KF001"}')
  stream.watch(['p1'], 'KF001')
  expect(FakeSource.all).toHaveLength(1)
  stream.watch(['p1'], 'KF002')
  last().say('hello', '{"agent_id":"KF002"}')
  expect(FakeSource.all.map(({ closed }) => closed)).toEqual([true, false])
  expect(told).toContainEqual({ agent: 'KF002' })
})
