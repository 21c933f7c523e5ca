import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { computed, defineComponent, h } from 'vue'
import { liveState, useLive, useOpenPlayer } from '../../app/live'
import { keys, queryClient } from '../../app/query'
import { useOptimistic } from '../../shared/useOptimistic'
import { aPitch, aPlayer, aTicket, list, PLAYER_ID, section, settled, show, stubApi } from '../../testing/api'
import { putTicket } from '../tickets/useTickets'
import { LiveUpdates } from './liveUpdates'
import { usePlayerHome } from './usePlayerHome'

const HOME = `GET /home/players/${PLAYER_ID}`
const TICKETS = keys.section(PLAYER_ID, 'tickets')
const ticket = (ticket_id: string, change: object = {}) => aTicket({ ticket_id, ...change })
const home = (tickets: ReturnType<typeof ticket>[], owner_agent_id = 'KF001', next_cursor: string | null = null) => ({
  player_id: PLAYER_ID, player: section(aPlayer({ owner_agent_id })), tickets: section({ items: tickets, next_cursor }), pitch: section(aPitch()), touches: section(list()), quotes: section(list()), orders: section(list()),
})
/** An answer that comes when it is told to. */
function slow<T>(answer: T) {
  let come = (): void => undefined
  const promise = new Promise<T>((done) => (come = () => done(answer)))
  return { promise, come: () => come() }
}

class FakeStream extends EventTarget {
  static latest: FakeStream
  onerror = null
  constructor() {
    super()
    FakeStream.latest = this
  }
  close() { /* nothing is open */ }
  hello() { this.dispatchEvent(new MessageEvent('hello', { data: '{"agent_id":"KF001"}' })) }
}
const Player = {
  setup() {
    const { tickets } = usePlayerHome(PLAYER_ID)
    return () => h('p', (tickets.data?.items ?? []).map((one) => `${one.ticket_id}:${one.state}`).join(' '))
  },
}
/** The page: its stream, and one player or another open. */
const Page = defineComponent({
  props: { player: { type: String, default: null } },
  setup(props) {
    useOpenPlayer(computed(() => props.player))
    useLive({ change: () => undefined, notice: () => undefined, resumed: () => undefined, ended: () => undefined, agent: () => undefined }, () => 'KF001')
    return () => (props.player === PLAYER_ID ? h(Player) : h('i'))
  },
})
beforeEach(() => vi.stubGlobal('EventSource', FakeStream))
afterEach(() => vi.unstubAllGlobals())

/** He was open before, and is opened again after his sections have come. */
async function openedAgain(routes: Parameters<typeof stubApi>[0], before = [ticket('old')]) {
  const stub = stubApi(routes)
  for (const name of ['player', 'pitch', 'touches', 'quotes', 'orders'] as const) queryClient.setQueryData(keys.section(PLAYER_ID, name), home([])[name])
  queryClient.setQueryData(TICKETS, section({ items: before, next_cursor: null }))
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID, { updatedAt: Date.now() - 60_000 })
  const view = show(Player)
  await settled()
  return { stub, view }
}

test('a ticket that is recorded while the whole view is on its way stays, and the section is read after it', async () => {
  const whole = slow([200, home([ticket('old')])] as [number, object])
  const { stub, view } = await openedAgain({ [HOME]: () => whole.promise, 'GET /tickets': [200, list(ticket('new'), ticket('old'))] })
  expect(view.text()).toBe('old:pending')
  putTicket(ticket('new'))
  whole.come()
  await settled()
  expect(view.text()).toBe('new:pending old:pending')
  expect(stub.of('GET /tickets')).toHaveLength(1)
  expect(stub.calls.map(({ path }) => path)).not.toContain('/orders') // nothing else was touched
})

test('a state that is on its way does not spring back', async () => {
  const whole = slow([200, home([ticket('old')])] as [number, object])
  const answer = slow(ticket('old', { state: 'done', revision: 2 }))
  const stub = stubApi({ [HOME]: () => whole.promise, 'GET /tickets': [200, list(ticket('old', { state: 'done', revision: 2 }))] })
  let write = (): void => undefined
  const Writing = {
    setup() {
      const { mutate } = useOptimistic<ReturnType<typeof home>['tickets'], null, ReturnType<typeof ticket>>({
        key: TICKETS, send: () => answer.promise,
        apply: (cache) => section({ ...cache.data!, items: [ticket('old', { state: 'done' })] }) as typeof cache,
        settle: (cache, result) => section({ ...cache.data!, items: [result] }) as typeof cache,
      })
      write = () => mutate(null)
      return () => h(Player)
    },
  }
  queryClient.setQueryData(TICKETS, section(list(ticket('old'))))
  queryClient.setQueryData(keys.home(PLAYER_ID), PLAYER_ID, { updatedAt: Date.now() - 60_000 })
  const view = show(Writing)
  write()
  await settled()
  whole.come()
  await settled()
  expect(view.text()).toBe('old:done')
  answer.come()
  await settled()
  expect([view.text(), stub.of('GET /tickets').length]).toEqual(['old:done', 1])
})

test('what changes while the first answer is on its way is fetched when that is there', async () => {
  const whole = slow([200, home([ticket('old')])] as [number, object])
  stubApi({ [HOME]: () => whole.promise, 'GET /tickets': [200, list(ticket('new'), ticket('old'))] })
  const view = show(Player)
  await settled()
  const updates = new LiveUpdates(() => 'KF001')
  updates.apply({ kind: 'ticket', type: 'tickets.ticket.created.v1', version: 1, actor: 'KF002', ids: { player_id: PLAYER_ID, ticket_id: 'new' } })
  whole.come()
  await settled()
  updates.stop()
  expect(view.text()).toBe('new:pending old:pending')
})

test('who works on a ticket of a later page keeps it, whichever way the section is fetched anew', async () => {
  const cursor = (call: { query: URLSearchParams }) => call.query.get('cursor')
  const { stub, view } = await openedAgain({
    [HOME]: [200, home([ticket('a', { state: 'done' })], 'KF001', 'c1')],
    'GET /tickets': (call) => [200, cursor(call) ? list(ticket('b')) : { items: [ticket('a', { state: 'done' })], next_cursor: 'c1' }],
  }, [ticket('a'), ticket('b')])
  expect(view.text()).toBe('a:done b:pending')
  await queryClient.invalidateQueries({ queryKey: TICKETS })
  await settled()
  expect(view.text()).toBe('a:done b:pending')
  expect(stub.of('GET /tickets').map(cursor)).toEqual([null, 'c1', null, 'c1'])
})

async function page(owner: string) {
  let tickets = [ticket('old')]
  const stub = stubApi({ [HOME]: () => [200, home(tickets, owner)] })
  const view = show(Page)
  FakeStream.latest.hello()
  await settled()
  const open = async (player: string | null) => {
    await view.setProps({ player: player! })
    await settled()
  }
  return { stub, view, open, change: (...now: typeof tickets) => { tickets = now }, asked: () => stub.of(HOME).length }
}

test('a colleague\'s player is as he is now when he is opened again at once', async () => {
  const { view, open, change } = await page('KF002')
  await open(PLAYER_ID)
  FakeStream.latest.hello()
  await settled()
  await open('another')
  FakeStream.latest.hello()
  change(ticket('old', { state: 'done' })) // of which this page hears nothing
  await open(PLAYER_ID)
  expect(view.text()).toBe('old:done')
})

test('what happens to a colleague\'s player before the stream follows him is fetched once it does, and only then', async () => {
  const { view, open, change, asked } = await page('KF002')
  await open(PLAYER_ID)
  expect([view.text(), asked()]).toEqual(['old:pending', 1])
  change(ticket('old', { state: 'done' }))
  FakeStream.latest.hello()
  await settled()
  expect([view.text(), asked()]).toEqual(['old:done', 2])
})

test('of one\'s own player the stream tells anyway', async () => {
  const { open, asked } = await page('KF001')
  expect(liveState.value).toBe('live')
  await open(PLAYER_ID)
  FakeStream.latest.hello()
  await settled()
  expect(asked()).toBe(1)
})

test('on a page that is loaded with one\'s own player, what came before the first hello is fetched', async () => {
  const stub = stubApi({ [HOME]: [200, home([ticket('old')])] })
  show(Page, { props: { player: PLAYER_ID } })
  await settled()
  FakeStream.latest.hello()
  await settled()
  expect(stub.of(HOME)).toHaveLength(2)
})
