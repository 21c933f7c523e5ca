import { expect, test, vi } from 'vitest'
import { aCard, aTicket, list, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import PlayerList from './PlayerList.vue'

const props = { selected: null, q: '', owner: 'me' as const }
const attention = section({ items: [{ kind: 'ticket', due_at: '2026-03-01T02:00:00Z', player_id: PLAYER_ID, player: aCard(), ticket: aTicket() }] })

test('what needs attention stands above the players and opens with Enter', async () => {
  stubApi({ 'GET /home': [200, { attention, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  expect(view.get('[data-testid=attention-row]').text()).toContain('未首次回复')
  const search = view.get('[data-testid=search]')
  await search.trigger('keydown', { key: 'ArrowDown' })
  expect(search.attributes('aria-activedescendant')).toBe('player-row-0')
  await search.trigger('keydown', { key: 'Enter' })
  expect(view.emitted('open')).toEqual([[PLAYER_ID]])
})

test('an Enter that ends a composition opens nothing', async () => {
  stubApi({ 'GET /home': [200, { attention, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  await view.get('[data-testid=search]').trigger('keydown', { key: 'Enter', isComposing: true })
  expect(view.emitted('open')).toBeUndefined()
})

test('typing searches after a short pause, among all players', async () => {
  vi.useFakeTimers()
  const stub = stubApi({ 'GET /home': [200, { attention, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await vi.advanceTimersByTimeAsync(50)
  await view.get('[data-testid=search]').setValue('wx_dr')
  expect(view.emitted('filter')).toBeUndefined()
  await vi.advanceTimersByTimeAsync(300)
  expect(view.emitted('filter')).toEqual([['wx_dr', 'me']])
  await view.setProps({ q: 'wx_dr' })
  await vi.advanceTimersByTimeAsync(50)
  const { query } = stub.calls.at(-1)!
  expect([query.get('q'), query.get('owner')]).toEqual(['wx_dr', 'all'])
  vi.useRealTimers()
})

test('when nobody matches, the new player begins with what was typed', async () => {
  const stub = stubApi({
    'GET /home': [200, { attention, players: section(list()) }],
    'POST /players': (_call, attempt) => (attempt === 1 ? [409, problem('player-exists', { existing_player_id: 'p9' })] : [201, aCard({ player_id: 'p1' })]),
  })
  const view = show(PlayerList, { props: { ...props, q: '13800001234' } })
  await settled()
  expect((view.get('[data-testid=new-player-phone]').element as HTMLInputElement).value).toBe('13800001234')
  await view.get('[data-testid=new-player-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /players')[0]!.headers.get('Idempotency-Key')).toBeTruthy()
  await view.get('[data-testid=open-existing]').trigger('click')
  expect(view.emitted('open')).toEqual([['p9']])
})

test('a search for somebody else leaves nothing of the one before, also after the form was closed', async () => {
  stubApi({ 'GET /home': [200, { attention, players: section(list()) }] })
  const shown = (view: ReturnType<typeof show>) =>
    ['phone', 'wechat-id', 'wechat-name'].map((name) => (view.get(`[data-testid=new-player-${name}]`).element as HTMLInputElement).value)
  const first = show(PlayerList, { props: { ...props, q: '无此人' } })
  await settled()
  expect(shown(first)).toEqual(['', '', '无此人'])
  first.unmount()
  const second = show(PlayerList, { props: { ...props, q: '13700001111' } })
  await settled()
  expect(shown(second)).toEqual(['13700001111', '', ''])
  await second.get('[data-testid=new-player-wechat-name]').setValue('我打的名字')
  second.unmount()
  const third = show(PlayerList, { props: { ...props, q: 'wxid_abcdef' } })
  await settled()
  expect(shown(third)).toEqual(['', 'wxid_abcdef', '我打的名字'])
})

test('reminders that cannot be read leave the list alone', async () => {
  stubApi({ 'GET /home': [200, { attention: { ...attention, status: 'unavailable', data: null }, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  expect(view.get('[data-testid=attention]').attributes('data-status')).toBe('error')
  expect(view.get('[data-testid=player-list]').attributes('style')).toContain('48px')
})
