import { expect, test } from 'vitest'
import { AGENT, list, problem, settled, showPage, stubApi } from '../testing/api'
import { tabsOf } from '../app/pages'
import { notices } from '../shared/notices'

const aLetter = (change: object = {}) => ({
  letter_id: 7, consumer: 'tickets-players', type: 'players.player.updated.v1', event_id: '019aa1b6-0001-7000-8000-000000000001', about: '019aa1b2-0000-7000-8000-0000000000a1',
  error: 'KeyError', failed_at: '2026-03-01T02:00:00Z', ...change,
})
const letters = (waiting: number, ...items: object[]): [number, unknown] => [200, { ...list(...items), waiting }]
const base = {
  'GET /agents': [200, list(AGENT)], 'GET /tickets-dead-letters': letters(2, aLetter(), aLetter({ letter_id: 8, about: null, error: 'PoisonEvent' })),
  'GET /sales-dead-letters': letters(0), 'GET /catalog-dead-letters': letters(0),
} as Parameters<typeof stubApi>[0]
const replays = (stub: ReturnType<typeof stubApi>) => stub.of('POST /tickets-dead-letters/7/replay')

test('leads and admins find it among the tabs of the settings, agents do not', () => {
  const found = (['agent', 'lead', 'admin'] as const).map((role) => tabsOf('settings', role).some(({ name }) => name === 'dead-letters'))
  expect(found).toEqual([false, true, true])
})

test('what waits is shown with its kind of error, and how many wait where', async () => {
  stubApi(base)
  const { view } = await showPage('dead-letters', '/dead-letters')
  expect(view.get('[data-testid=dead-letter-listeners]').text()).toMatch(/工单（2）.*销售（0）.*商品（0）/)
  const [first, second] = view.findAll('[data-testid=row]')
  expect(first!.text()).toMatch(/玩家.*0000000000a1.*KeyError/)
  expect(second!.text()).toMatch(/消息读不了.*PoisonEvent/)
})

test('another listener is a choice in the address; where nothing waits the page says so', async () => {
  const stub = stubApi(base)
  const { view, router } = await showPage('dead-letters', '/dead-letters?listener=sales')
  expect(view.text()).toContain('没有处理不了的消息。')
  await view.get('[data-testid=dead-letter-listeners] input[value=catalog]').setValue()
  await settled()
  expect(router.currentRoute.value.query).toEqual({ listener: 'catalog' })
  expect(stub.of('GET /catalog-dead-letters').at(-1)!.query.get('limit')).toBe('50')
})

test('one is handled again, and goes from the list', async () => {
  let gone = false
  const stub = stubApi({
    ...base, 'GET /tickets-dead-letters': () => (gone ? letters(0) : letters(1, aLetter())) as never,
    'POST /tickets-dead-letters/7/replay': () => { gone = true; return [204] },
  })
  const { view } = await showPage('dead-letters', '/dead-letters')
  await view.get('[data-testid=replay]').trigger('click')
  await settled()
  expect(replays(stub)).toHaveLength(1)
  expect(notices.map(({ text }) => text)).toContain('已重新处理。')
  expect(view.findAll('[data-testid=row]')).toHaveLength(0)
})

test('one that fails again stays, and says what has to be done', async () => {
  stubApi({ ...base, 'POST /tickets-dead-letters/7/replay': [409, problem('dead-letter-fails-again', { detail: 'KeyError' })] })
  const { view } = await showPage('dead-letters', '/dead-letters')
  await view.get('[data-testid=replay]').trigger('click')
  await settled()
  expect(view.get('[data-testid=problem]').text()).toMatch(/请先修好原因.*玩家：KeyError/)
  expect(view.findAll('[data-testid=row]')).toHaveLength(2)
})

test('one that a colleague was faster with is no failure', async () => {
  stubApi({ ...base, 'POST /tickets-dead-letters/7/replay': [409, problem('dead-letter-not-waiting')] })
  const { view } = await showPage('dead-letters', '/dead-letters')
  await view.get('[data-testid=replay]').trigger('click')
  await settled()
  expect(view.find('[data-testid=problem]').exists()).toBe(false)
  expect(notices.map(({ text }) => text)).toContain('这条消息已有人处理过。')
})
