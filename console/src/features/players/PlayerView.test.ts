import { expect, test } from 'vitest'
import { keys, queryClient } from '../../app/query'
import { aPitch, aPlayer, aTicket, aTouch, list, missing, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import PlayerView from './PlayerView.vue'

const home = (change: object = {}) => ({
  player_id: PLAYER_ID, player: section(aPlayer()), tickets: section(list(aTicket())), pitch: section(aPitch()), touches: section(list(aTouch())), quotes: section(list()), orders: section(list()), ...change,
})
const HOME = `GET /home/players/${PLAYER_ID}`
const status = (view: ReturnType<typeof show>, panel: string) => view.get(`[data-testid=${panel}]`).attributes('data-status')

test('one request brings tickets and sales of the chosen player by themselves (R26)', async () => {
  const stub = stubApi({ [HOME]: [200, home()] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  expect(view.findAll('[data-testid=skeleton]').length).toBeGreaterThan(0)
  await settled()
  // Beside what every player shares, such as the categories of tickets.
  expect(stub.calls.map(({ path }) => path).filter((path) => path.includes(PLAYER_ID))).toEqual([`/home/players/${PLAYER_ID}`])
  expect(view.get('[data-testid=player-name]').text()).toBe('阿龙')
  expect(view.get('[data-testid=ticket-text]').text()).toBe('充值没有到账')
  expect(view.get('[data-testid=last-lost]').text()).toContain('价格太高')
})

test('a section that is missing fails alone and is whole again after a retry (B9)', async () => {
  stubApi({ [HOME]: [200, home({ tickets: missing })], 'GET /tickets': [200, list(aTicket())] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  expect([status(view, 'player-card'), status(view, 'tickets-panel'), status(view, 'sales-panel')]).toEqual(['ok', 'error', 'ok'])
  expect(view.find('[data-testid=ticket-composer]').exists()).toBe(true)
  await view.get('[data-testid=tickets-panel] .failed button').trigger('click')
  await settled()
  expect(status(view, 'tickets-panel')).toBe('ok')
})

test('the last answer stays, marked stale, when its service goes away (B9)', async () => {
  stubApi({ [HOME]: [200, home()], 'GET /tickets': [503, problem('unavailable')] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  await queryClient.refetchQueries({ queryKey: keys.section(PLAYER_ID, 'tickets') })
  await settled()
  expect(status(view, 'tickets-panel')).toBe('stale')
  expect(view.get('[data-testid=ticket-text]').text()).toBe('充值没有到账')
  expect(view.find('[data-testid=tickets-panel] [data-testid=stale]').exists()).toBe(true)
})

test('a composed view without a section keeps the section from before (B9)', async () => {
  stubApi({ [HOME]: (_call, attempt) => [200, home(attempt === 1 ? {} : { tickets: missing })] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  await queryClient.refetchQueries({ queryKey: keys.home(PLAYER_ID) })
  await settled()
  expect(status(view, 'tickets-panel')).toBe('stale')
  expect(view.get('[data-testid=ticket-text]').text()).toBe('充值没有到账')
})

test('a refetch never touches what is being typed', async () => {
  stubApi({ [HOME]: [200, home()], 'GET /tickets': [200, list(aTicket({ detail: '同事改过', version: 2 }))] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  await view.get('[data-testid=ticket-detail]').setValue('正在输入')
  await queryClient.refetchQueries({ queryKey: keys.section(PLAYER_ID, 'tickets') })
  await settled()
  expect(view.get('[data-testid=ticket-text]').text()).toBe('同事改过')
  expect((view.get('[data-testid=ticket-detail]').element as HTMLTextAreaElement).value).toBe('正在输入')
})

test('an unknown player is said to be unknown', async () => {
  stubApi({ [HOME]: [404, problem('not-found')] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  expect(view.text()).toContain('没有这位玩家')
})

test('contacts of a colleague\'s player are shown after a reason is given', async () => {
  const masked = aPlayer({ masked: true, owner_agent_id: 'KF002', phones: [{ phone: '138****1234', primary: true }] })
  const stub = stubApi({
    [HOME]: [200, home({ player: section(masked) })],
    [`POST /players/${PLAYER_ID}/reveal`]: [201, { ...masked, masked: false, phones: [{ phone: '+8613800001234', primary: true }] }],
  })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  expect(view.find('[data-testid=edit-player]').exists()).toBe(false)
  await view.get('[data-testid=reveal]').trigger('click')
  await view.get('[data-testid=reveal-payment]').trigger('click')
  await settled()
  expect(stub.of(`POST /players/${PLAYER_ID}/reveal`)[0]!.body).toEqual({ reason: '核对付款' })
  expect(view.get('[data-testid=phones]').text()).toBe('13800001234')
  view.unmount()
  const again = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  expect(again.get('[data-testid=phones]').text()).toBe('138****1234')
})

test('the title of the window, which the browser keeps, is a name and no contact', async () => {
  const nameless = aPlayer({ wechat_name: null })
  stubApi({ [HOME]: [200, home({ player: section(nameless) })] })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  await settled()
  expect([view.get('[data-testid=player-name]').text(), document.title]).toEqual(['wx_dragon1', '玩家资料 · GameDesk'])
})
