import { expect, test, vi } from 'vitest'
import { ref, type Component } from 'vue'
import { api, unwrap } from '../../api/client'
import { refresh } from '../../app/invalidate'
import { pageShortcuts } from '../../app/shortcuts'
import { aTicket, problem, settled, show, stubApi, testRouter } from '../../testing/api'
import DataList from './DataList.vue'
import type { Column } from './list'
import { useListQuery } from './useListQuery'

const COLUMNS: Column[] = [{ id: 'number', title: 'Number' }, { id: 'asked', title: 'Asked', sort: { asc: 'oldest', desc: 'newest' } }]
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => aTicket({ ticket_id: `t${from + n}`, number: `T-${from + n}` }))

async function tickets(routes: Parameters<typeof stubApi>[0], options: { router?: ReturnType<typeof testRouter>; before?: () => void } = {}) {
  const stub = stubApi(routes)
  const selected = ref<string[]>([])
  const orders: string[] = []
  let list!: ReturnType<typeof useListQuery>
  const Host = {
    components: { DataList: DataList as Component },
    setup() {
      list = useListQuery('tickets', ref({}), (_filters, asked, signal) => unwrap(api.GET('/api/tickets', { params: { query: asked }, signal }))) as never
      return { list, selected, COLUMNS, to: (row: { ticket_id: string }) => ({ path: '/', query: { ticket: row.ticket_id } }), order: (value: string) => orders.push(value) }
    },
    template: `<DataList v-if="$route.name !== 'sign-in'" v-model:selected="selected" :list="list" :columns="COLUMNS" label="Tickets" :row-key="(row) => row.ticket_id" :row-name="(row) => row.number" :to="to" selectable order="newest" @order="order">
      <template #cell-number="{ row }">{{ row.number }}</template></DataList>`,
  }
  const view = show(Host, options)
  options.before?.()
  await settled()
  return { stub, view, selected, list, orders }
}
const press = (key: string, init: KeyboardEventInit = {}) =>
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))
const focused = () => document.activeElement?.textContent
const page = (from: number, to: number, next: string | null = null): [number, unknown] => [200, { items: rows(from, to), next_cursor: next }]

test('J and K move over links, one of which is a stop for Tab; X selects, Shift extends', async () => {
  const { view, selected } = await tickets({ 'GET /tickets': page(0, 4) as [number, object] })
  expect(view.findAll('a').map((link) => [link.attributes('href'), link.attributes('tabindex')])).toEqual([
    ['/?ticket=t0', '0'], ['/?ticket=t1', '-1'], ['/?ticket=t2', '-1'], ['/?ticket=t3', '-1'],
  ])
  press('j')
  await settled()
  expect(focused()).toBe('T-0')
  press('ArrowDown')
  await settled()
  press('x')
  expect(selected.value).toEqual(['t1'])
  press('J', { shiftKey: true })
  await settled()
  expect(focused()).toBe('T-2')
  expect(selected.value).toEqual(['t1', 't2'])
  press(' ')
  expect(selected.value).toEqual(['t1'])
  press('k')
  await settled()
  expect(focused()).toBe('T-1')
})

test('all that are shown are selected at once, a click with Shift takes the rows between', async () => {
  const { view, selected } = await tickets({ 'GET /tickets': page(0, 4) as [number, object] })
  const ticks = view.findAll('[data-testid=row-select]')
  await ticks[1]!.trigger('click')
  await ticks[3]!.trigger('click', { shiftKey: true })
  expect(selected.value).toEqual(['t1', 't2', 't3'])
  await view.get('[data-testid=select-all]').setValue(true)
  expect(selected.value).toHaveLength(4)
  expect(ticks[0]!.attributes('aria-label')).toBe('选择 T-0')
})

test('Shift goes from the row that was clicked, wherever it stands by now', async () => {
  const { view, selected } = await tickets({ 'GET /tickets': (_call, attempt) => (attempt === 1 ? page(1, 5) : page(0, 5)) as never })
  await view.findAll('[data-testid=row-select]')[1]!.trigger('click')
  await refresh(['tickets', 'list'])
  await settled()
  await view.findAll('[data-testid=row-select]')[3]!.trigger('click', { shiftKey: true })
  expect(selected.value).toEqual(['t2', 't3'])
})

test('a column says how it sorts, and turns it round', async () => {
  const { view, orders } = await tickets({ 'GET /tickets': page(0, 1) as [number, object] })
  expect(view.get('th[aria-sort]').attributes('aria-sort')).toBe('descending')
  await view.get('[data-testid=sort-asked]').trigger('click')
  expect(orders).toEqual(['oldest'])
})

test('the list goes on by its cursor, and says how much there is', async () => {
  const { view, stub } = await tickets({ 'GET /tickets': (call) => (call.query.get('cursor') ? page(50, 60) : page(0, 50, 'next')) as never })
  expect(view.get('[data-testid=list-foot]').text()).toContain('已显示 50 条')
  await view.get('[data-testid=list-more]').trigger('click')
  await settled()
  expect(view.get('[data-testid=list-foot]').text()).toBe('共 60 条')
  expect(stub.of('GET /tickets').map((call) => [call.query.get('limit'), call.query.get('cursor')])).toEqual([['50', null], ['50', 'next']])
})

test('the next page that cannot be read leaves the first, and is tried again', async () => {
  const { view } = await tickets({ 'GET /tickets': (call, attempt) => (!call.query.get('cursor') ? page(0, 50, 'next') : attempt < 5 ? [503, problem('unavailable')] : page(50, 51)) as never })
  await view.get('[data-testid=list-more]').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=row]')).toHaveLength(50)
  expect(view.get('[data-testid=list-foot]').text()).toContain('暂时读不到')
  await view.get('[data-testid=list-foot] button').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=row]')).toHaveLength(51)
})

test('loading, nothing and trouble each look like what they are', async () => {
  const { view } = await tickets({ 'GET /tickets': (_call, attempt) => (attempt < 4 ? [503, problem('unavailable')] : page(0, 0)) as never }, { before: () => {
    expect(document.querySelector('[data-testid=list-skeleton]')).not.toBeNull()
  } })
  expect(view.get('[data-testid=problem]').text()).toContain('服务暂时不可用')
  await view.get('[data-testid=list-retry]').trigger('click')
  await settled()
  expect(view.get('[data-testid=list-empty]').text()).toBe('没有符合条件的记录。')
})

test('a long list is not fetched anew as a whole: it says that it has changed and begins again when asked', async () => {
  const next: Record<string, string> = { '': 'a', a: 'b', b: '' }
  const { view, stub, list } = await tickets({ 'GET /tickets': (call) => {
    const at = call.query.get('cursor') ?? ''
    const first = ['', 'a', 'b'].indexOf(at) * 50
    return page(first, first + 50, next[at] || null) as never
  } })
  await list.upTo(150)
  await settled()
  expect(stub.of('GET /tickets')).toHaveLength(3)
  await refresh(['tickets', 'list'])
  await settled()
  expect(stub.of('GET /tickets')).toHaveLength(3)
  await view.get('[data-testid=list-outdated] button').trigger('click')
  await settled()
  expect(stub.of('GET /tickets')).toHaveLength(4)
  expect(view.find('[data-testid=list-outdated]').exists()).toBe(false)
})

test('Back finds the row again', async () => {
  const router = testRouter()
  await router.push('/?list')
  const routes = { 'GET /tickets': page(0, 9) as [number, object] }
  await tickets(routes, { router })
  press('j')
  await settled()
  press('j')
  press('j')
  await settled()
  const name = focused()
  await router.push('/sign-in')
  expect(focused()).not.toBe(name)
  router.back()
  await vi.waitFor(() => expect(focused()).toBe(name))
  expect(name).toBe('T-2')
})

test('the help names the keys of the list, while it is there', async () => {
  const { view } = await tickets({ 'GET /tickets': page(0, 1) as [number, object] })
  expect(pageShortcuts.map(({ label }) => label).filter(Boolean)).toEqual(['key.move', 'key.openRow', 'key.select', 'key.range'])
  view.unmount()
  expect(pageShortcuts).toEqual([])
})
