import { expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { aCard, aTicket, settled, show, stubApi, testRouter } from '../testing/api'
import { navigation, tabsOf } from './pages'
import Palette from './Palette.vue'
import { usePageShortcuts } from './shortcuts'

const found = (player: object | null, ticket: object | null) => ({ kind: player ? 'player' : 'ticket', match: 'name', player, ticket })

async function palette(routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({ 'GET /search': [200, { items: [found(aCard(), null), found(null, aTicket())], refine: false, missing: [] }], ...routes })
  const router = testRouter()
  await router.push('/')
  const view = show(Palette, { router })
  await settled()
  const field = view.get('[data-testid=palette-input]')
  const type = async (text: string) => {
    await field.setValue(text)
    await vi.waitFor(() => expect(view.get('[role=status]').text()).not.toBe('搜索中…'))
  }
  return { stub, router, view, field, type, texts: () => view.findAll('[data-testid=choice]').map((one) => one.text()) }
}

test('pages are offered at once, and opened by Enter', async () => {
  const { router, field, texts, type } = await palette()
  expect(texts()[0]).toContain('工作台')
  await type('工单')
  await field.trigger('keydown', { key: 'Enter' })
  await settled()
  expect(router.currentRoute.value.name).toBe('tickets')
})

test('players and tickets are found by the one search, and opened with the keys', async () => {
  const { stub, router, field, texts, type } = await palette()
  await type('阿龙')
  expect(stub.of('GET /search')[0]!.query.get('q')).toBe('阿龙')
  expect(texts()).toEqual([expect.stringContaining('阿龙'), expect.stringContaining('T-000123')])
  await field.trigger('keydown', { key: 'ArrowDown' })
  await field.trigger('keydown', { key: 'Enter' })
  await settled()
  expect(router.currentRoute.value.query).toMatchObject({ ticket: aTicket().ticket_id })
})

test('Enter right after another text was typed waits for what is found for it, and never opens what was found before', async () => {
  const { router, field, texts, type } = await palette({
    'GET /search': (call) => [200, { items: [found(aCard({ player_id: call.query.get('q') === '张三' ? 'p3' : 'p4' }), null)], refine: false, missing: [] }],
  })
  await type('张三')
  await field.setValue('李四')
  expect(texts()).toEqual([])
  await field.trigger('keydown', { key: 'Enter' })
  expect(router.currentRoute.value.query.player).toBeUndefined()
  await vi.waitFor(() => expect(router.currentRoute.value.query.player).toBe('p4'))
})

test('what the page can do is offered, and done once the palette is closed', async () => {
  const act = vi.fn()
  const scope: EffectScope = effectScope()
  scope.run(() => usePageShortcuts([{ keys: ['n'], label: 'key.ticket', action: true, run: act }]))
  const { field, texts, type } = await palette()
  await type('新建')
  expect(texts()[0]).toContain('新建工单')
  await field.trigger('keydown', { key: 'Enter' })
  await settled()
  expect(act).toHaveBeenCalledOnce()
  scope.stop()
})

test('an Enter that ends a composition chooses nothing', async () => {
  const { router, field, type } = await palette()
  await type('工单')
  await field.trigger('keydown', { key: 'Enter', isComposing: true })
  await settled()
  expect(router.currentRoute.value.name).toBe('home')
})

test('a service that is down is named, pages still open', async () => {
  const { view, type } = await palette({ 'GET /search': [200, { items: [], refine: false, missing: ['players'] }] })
  await type('工')
  expect(view.get('[role=status]').text()).toContain('搜索暂时不可用')
})

test('the nav has what there is, in the order of its keys', () => {
  expect(navigation('agent').slice(0, 2)).toEqual([{ section: 'home', name: 'home', key: '1' }, { section: 'tickets', name: 'tickets', key: '2' }])
  expect(tabsOf('tickets', 'agent').map(({ path }) => path)).toContain('/tickets')
})
