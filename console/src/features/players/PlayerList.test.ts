import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { keys, queryClient } from '../../app/query'
import en from '../../i18n/home.en'
import zhCN from '../../i18n/home.zh-CN'
import { PLAYER_ID, aCard, aPlayer, aQuote, aTicket, aTouch, anOrder, list, missing, problem, section, settled, show, stubApi } from '../../testing/api'
import PlayerList from './PlayerList.vue'
import { refreshCards } from './usePlayerList'
import { refetchPlayer } from './usePlayerWrite'

const props = { selected: null, q: '', owner: 'me' as const }
const DUE = '2026-03-01T02:00:00Z'
const dueTicket = aTicket({ clock: { ...aTicket().clock, first_response_due_at: DUE, next_due_at: DUE, overdue: 'first_response' } })
const attention = section({ items: [{ kind: 'ticket', due_at: DUE, player_id: PLAYER_ID, player: aCard(), ticket: dueTicket }] })
const others = { sales_attention: section({ items: [] }), pack_attention: section({ items: [] }) }

test('what needs attention stands above the players and opens with Enter', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  expect(view.get('[data-testid=attention-row]').text()).toContain('未首次回复')
  const search = view.get('[data-testid=search]')
  await search.trigger('keydown', { key: 'ArrowDown' })
  expect(search.attributes('aria-activedescendant')).toBe('player-row-0')
  await search.trigger('keydown', { key: 'Enter' })
  expect(view.emitted('open')).toEqual([[PLAYER_ID, aTicket().ticket_id]])
})

test('an Enter that ends a composition opens nothing', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  await view.get('[data-testid=search]').trigger('keydown', { key: 'Enter', isComposing: true })
  expect(view.emitted('open')).toBeUndefined()
})

test('typing searches after a short pause, among all players', async () => {
  vi.useFakeTimers()
  const stub = stubApi({ 'GET /home': [200, { attention, ...others, players: section(list(aCard())) }] })
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
    'GET /home': [200, { attention, ...others, players: section(list()) }],
    'POST /players': (_call, attempt) => (attempt === 1 ? [409, problem('player-exists', { existing_player_id: 'p9' })] : [201, aCard({ player_id: 'p1' })]),
  })
  const view = show(PlayerList, { props: { ...props, q: '13800001234' } })
  await settled()
  expect((view.get('[data-testid=new-player-phone]').element as HTMLInputElement).value).toBe('13800001234')
  await view.get('[data-testid=new-player-form]').trigger('submit')
  await settled()
  expect(stub.of('POST /players')[0]!.headers.get('Idempotency-Key')).toBeTruthy()
  await view.get('[data-testid=open-existing]').trigger('click')
  expect(view.emitted('open')).toEqual([['p9', undefined, true]])
})

test('a search for somebody else leaves nothing of the one before, also after the form was closed', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, players: section(list()) }] })
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
  stubApi({ 'GET /home': [200, { attention: { ...attention, status: 'unavailable', data: null }, ...others, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  expect(view.get('[data-testid=attention]').attributes('data-status')).toBe('error')
  expect(view.get('[data-testid=player-list]').attributes('style')).toContain('48px')
})

test('all that waits for the agent is there, what is due first first, and a pack leads to its page (R18, R27, B1–B3)', async () => {
  const at = (day: number) => `2026-03-0${day}T02:00:00Z`
  stubApi({
    'GET /home': [200, {
      attention, players: section(list(aCard())),
      sales_attention: section({ items: [{ kind: 'quote', due_at: at(2), player_id: PLAYER_ID, player: aCard(), quote: aQuote() }] }),
      pack_attention: section({ items: [{ kind: 'pack_review', due_at: at(3), pack: { pack_id: 'p', code: '7K3QX', name: '周末礼包' } }] }),
    }],
  })
  const view = show(PlayerList, { props })
  await settled()
  const rows = view.findAll('[data-testid=attention-row]')
  expect(rows.map((row) => row.attributes('data-kind'))).toEqual(['ticket', 'quote', 'pack_review'])
  expect(rows[1]!.text()).toContain('¥497.60')
  await rows[2]!.trigger('click')
  expect(view.emitted('go')).toEqual([['/packs/7K3QX']])
})

// What the gateway may name: a kind that is new there has to say something here, and to lead somewhere.
const schemas = (JSON.parse(readFileSync('../contracts/openapi.json', 'utf8')) as { components: { schemas: Record<string, unknown> } }).components.schemas
const KINDS = ['AttentionData', 'SalesAttentionData', 'PackAttentionData'].flatMap((name) =>
  (JSON.parse(/"kind":\{"type":"string","enum":(\[[^\]]+\])/.exec(JSON.stringify(schemas[name]))![1]!) as string[]))
const proposal = { proposal_id: 'r1', ticket_number: 'T-000009', due_on: null, overdue: false }
const delivery = { order_id: 'o1', pack_name: '周末礼包', state: 'failed' }
const pack = { pack_id: 'p', code: '7K3QX', name: '周末礼包' }
const ABOUT: Record<string, [about: object, leads: unknown[]]> = {
  ticket: [{ ticket: aTicket() }, ['open', PLAYER_ID, aTicket().ticket_id]], follow_up: [{ touch: { ...aTouch({ outcome: 'thinking', follow_up_on: '2026-03-01' }), overdue: true } }, ['open', PLAYER_ID]],
  recovery_proposal: [{ recovery_proposal: proposal }, ['open', PLAYER_ID]], quote: [{ quote: aQuote() }, ['open', PLAYER_ID]], delivery: [{ delivery }, ['go', '/orders/o1']],
  transfer: [{ order: anOrder({ verified: false }) }, ['go', `/orders/${anOrder().order_id}`]],
  pack_review: [{ pack }, ['go', '/packs/7K3QX']], pack_rejected: [{ pack }, ['go', '/packs/7K3QX']], pack_approval: [{ pack }, ['go', '/packs/7K3QX']],
}

test.each(KINDS)('a reminder of the kind %s says what it is in both languages and leads to it with one key', async (kind) => {
  const [about, [event, ...leads]] = ABOUT[kind]!
  const item = { kind, due_at: '2026-03-01T02:00:00Z', ...('pack' in about ? {} : { player_id: PLAYER_ID, player: aCard() }), ...about }
  stubApi({ 'GET /home': [200, { attention: section({ items: [item] }), ...others, players: section(list()) }] })
  const view = show(PlayerList, { props })
  await settled()
  for (const messages of [zhCN, en]) expect(messages.attention).toHaveProperty(kind)
  expect(view.get('[data-testid=attention-row]').text()).not.toContain('attention.')
  await view.get('[data-testid=search]').trigger('keydown', { key: 'ArrowDown' })
  await view.get('[data-testid=search]').trigger('keydown', { key: 'Enter' })
  expect(view.emitted(event as string)).toEqual([leads])
})

test('a reminder says what its time means: red is overdue, amber is due or waits, and what waits for the player comes last (R18)', async () => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000 + Math.sign(hours) * 60_000).toISOString()
  const due = (hours: number) => ({ kind: 'ticket', due_at: at(hours), player_id: PLAYER_ID, player: aCard(), ticket: aTicket({ ticket_id: `t${hours}`, clock: { ...aTicket().clock, resolution_due_at: at(hours), next_due_at: at(hours), overdue: hours < 0 ? 'resolution' : null } }) })
  const paused = { kind: 'ticket', due_at: at(-99), player_id: PLAYER_ID, player: aCard(), ticket: aTicket({ clock: { ...aTicket().clock, paused_since: at(-99) } }) }
  stubApi({
    'GET /home': [200, {
      attention: section({ items: [due(-25), due(1), paused] }), ...others, players: section(list()),
      sales_attention: section({ items: [{ kind: 'transfer', due_at: at(-3), player_id: PLAYER_ID, player: aCard(), order: anOrder({ verified: false }) }] }),
    }],
  })
  const view = show(PlayerList, { props })
  await settled()
  const chips = view.findAll('[data-testid=attention-row] .tag')
  expect(chips.map((chip) => chip.text().replace(/^.*\d\d:\d\d到期/, '到期'))).toEqual(['逾期 1天', '已等 3小时', '到期', '已暂停'])
  expect(chips.map((chip) => chip.classes().at(-1))).toEqual(['danger', 'warn', 'warn', 'plain'])
  expect(chips.map((chip) => chip.attributes('title')!.slice(0, 4))).toEqual(['解决期限', '付款于 ', '解决期限', '在等玩家'])
})

test('Enter after a search that finds nobody goes to the form of a new player, whose saving leads to his ticket (R8)', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, players: section(list()) }], 'POST /players': [201, aPlayer({ player_id: 'p9' })], 'GET /player-cards': [200, { items: [] }] })
  const view = show(PlayerList, { props: { ...props, q: '13812341234' } })
  await settled()
  await view.get('[data-testid=search]').trigger('keydown', { key: 'Enter' })
  await settled()
  expect(document.activeElement).toBe(view.get('[data-testid=new-player-phone]').element)
  await view.get('[data-testid=new-player-form]').trigger('submit')
  await settled()
  expect(view.emitted('open')).toEqual([['p9', undefined, true]])
})

test('one part of the reminders that is missing is said, the others stay (B9)', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, sales_attention: missing, players: section(list(aCard())) }] })
  const view = show(PlayerList, { props })
  await settled()
  expect(view.findAll('[data-testid=attention-row]')).toHaveLength(1)
  expect(view.get('[data-testid=attention]').text()).toContain('部分提醒暂时读不到')
})

test('a ticket is found by its number and opens at its player (R8)', async () => {
  const stub = stubApi({
    'GET /home': [200, { attention, ...others, players: section(list()) }],
    'GET /search': [200, { items: [{ kind: 'ticket', match: 'number', player: aCard(), ticket: aTicket() }], refine: false, missing: [] }],
  })
  const view = show(PlayerList, { props: { ...props, q: 'T-123' } })
  await settled()
  expect(stub.of('GET /search')[0]!.query.get('q')).toBe('T-123')
  expect(view.find('[data-testid=new-player-form]').exists()).toBe(false)
  await view.get('[data-testid=attention-row]').trigger('click')
  expect(view.emitted('open')).toEqual([[PLAYER_ID, aTicket().ticket_id]])
})

test('what is wrong with the phone of a new player is said once, at its field, which has the focus', async () => {
  stubApi({ 'GET /home': [200, { attention, ...others, players: section(list()) }], 'POST /players': [422, problem('phone-not-valid', { errors: [{ pointer: '/phone', rule: 'phone-not-valid', message: 'no' }] })] })
  const view = show(PlayerList, { props: { ...props, q: '无此人' } })
  await settled()
  const field = view.get('[data-testid=new-player-phone]')
  await field.setValue('1380')
  await view.get('[data-testid=new-player-form]').trigger('submit')
  await settled()
  expect(view.text().match(/手机号不正确/g)).toHaveLength(1)
  expect(document.activeElement).toBe(field.element)
})

test('a list that is fetched anew behind it leaves the form of a new player as it is', async () => {
  let answer = (): void => undefined
  const answered = new Promise<void>((resolve) => { answer = resolve })
  stubApi({ 'GET /home': async (_call, attempt) => {
    if (attempt > 1) await answered
    return [200, { attention, ...others, players: section(list()) }]
  } })
  const view = show(PlayerList, { props: { ...props, q: '无此人' } })
  await settled()
  const field = view.get('[data-testid=new-player-phone]').element
  void queryClient.invalidateQueries({ queryKey: keys.lists })
  await settled()
  expect(view.get('[data-testid=new-player-phone]').element).toBe(field)
  answer()
  await settled()
})

test('Enter opens the row that J came to, whatever has come above it meanwhile', async () => {
  const other = '019370a0-0000-7000-8000-000000000009'
  stubApi({ 'GET /home': [200, { attention: section({ items: [] }), ...others, players: section(list(aCard(), aCard({ player_id: other }))) }], 'GET /player-cards': [200, { items: [aCard({ player_id: 'new' })] }] })
  const view = show(PlayerList, { props })
  await settled()
  const search = view.get('[data-testid=search]')
  await search.trigger('keydown', { key: 'ArrowDown' })
  await search.trigger('keydown', { key: 'ArrowDown' })
  await refreshCards(['new'], 'KF001')
  await settled()
  await search.trigger('keydown', { key: 'Enter' })
  expect(view.emitted('open')).toEqual([[other]])
})

test('a list of many pages is not fetched anew as a whole, nor after a change of a player', async () => {
  const stub = stubApi({ 'GET /home': ({ query }) => [200, { attention, ...others, players: section({ items: [aCard({ player_id: `p${query.get('cursor') ?? ''}` })], next_cursor: 'c' }) }] })
  const page = { ...section(list(aCard())) }
  queryClient.setQueryData(keys.list('', 'me'), { pages: [page, page, page], pageParams: [undefined, 'a', 'b'] }, { updatedAt: 1 })
  show(PlayerList, { props })
  await settled()
  refetchPlayer(PLAYER_ID)
  await settled()
  expect(stub.of('GET /home').filter(({ query }) => query.get('limit') !== '1')).toHaveLength(0)
})
