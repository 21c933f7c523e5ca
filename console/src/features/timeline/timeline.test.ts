import { expect, test, vi } from 'vitest'
import { loadMessages } from '../../app/i18n'
import { anOrder, aTouch, missing, PLAYER_ID, settled, show, stubApi } from '../../testing/api'
import TimelinePanel from './TimelinePanel.vue'

const PATH = `GET /home/players/${PLAYER_ID}/timeline`
const at = '2026-03-01T02:00:00Z'
const ok = { status: 'ok', as_of: at, problem: null }
const sources = { players: ok, tickets: ok, sales: ok }
const item = (id: string, source: string, kind: string, data: object) => ({ id, source, kind, player_id: PLAYER_ID, happened_at: at, agent_id: 'KF001', data })
const ITEMS = [
  item('1', 'tickets', 'reply', { ticket_id: 't1', number: 'T-000123', text: '已补发', from_state: null, to_state: null, department: null }),
  item('2', 'sales', 'touch', aTouch()),
  item('3', 'sales', 'order', anOrder()),
  item('4', 'players', 'renamed', { details: { before: '悟空', after: '大圣' } }),
]
async function panel(answer: Parameters<typeof stubApi>[0][string]) {
  vi.stubGlobal('IntersectionObserver', undefined)
  delete (window as { IntersectionObserver?: unknown }).IntersectionObserver
  await loadMessages('desk')
  const stub = stubApi({ [PATH]: answer })
  const view = show(TimelinePanel, { props: { playerId: PLAYER_ID } })
  await settled()
  return { stub, view }
}

test('what all services know of a player is one timeline, with links to what it is about (B10)', async () => {
  const { view } = await panel([200, { player_id: PLAYER_ID, items: ITEMS, next_before: null, sources }])
  const [reply, touch, order, renamed] = view.findAll('[data-testid=event]')
  expect(reply!.text()).toMatch(/回复玩家.*T-000123.*已补发/s)
  expect(reply!.get('a').attributes('href')).toBe('/tickets/t1')
  expect(touch!.text()).toMatch(/沟通 · 未成交.*价格太高/s)
  expect(order!.text()).toContain('¥497.60')
  expect(renamed!.text()).toContain('悟空 → 大圣')
})

test('one kind is shown alone, and looked for further back', async () => {
  const { stub, view } = await panel(({ query }) => [200, query.get('before')
    ? { player_id: PLAYER_ID, items: [item('9', 'players', 'created', {})], next_before: null, sources } : { player_id: PLAYER_ID, items: ITEMS, next_before: 'b1', sources }])
  await view.get('input[value=players]').setValue(true)
  await settled()
  expect(stub.of(PATH)).toHaveLength(2)
  expect(view.findAll('[data-testid=event]').map((row) => row.attributes('data-kind'))).toEqual(['renamed', 'created'])
})

test('a service that does not answer is named, the rest is there (B9)', async () => {
  const { view } = await panel([200, { player_id: PLAYER_ID, items: ITEMS.slice(0, 1), next_before: null, sources: { ...sources, sales: { ...missing, data: undefined } } }])
  expect(view.text()).toContain('销售的动态暂时读不到')
  expect(view.findAll('[data-testid=event]')).toHaveLength(1)
})
