import { expect, test } from 'vitest'
import { settled, show, testRouter } from '../../testing/api'
import { day, flag, oneOf, someOf, text, useFilters } from './useFilters'

async function filters(address: string) {
  const router = testRouter()
  await router.push(address)
  let made!: ReturnType<typeof make>
  const make = () => useFilters({ q: text(5), state: someOf(['open', 'done']), order: oneOf(['newest', 'oldest'], 'newest'), overdue: flag(), from: day() })
  show({ setup: () => { made = make() }, template: '<div />' }, { router })
  return { router, made }
}

test('filters are read from the address, what is no value is the default', async () => {
  const { made } = await filters('/?q=abcdefg&state=done,x&order=sideways&overdue=true&from=2026-3-1')
  expect(made.values.value).toEqual({ q: 'abcde', state: ['done'], order: 'newest', overdue: true, from: '' })
  expect(made.active.value).toEqual(['q', 'state', 'overdue'])
})

test('a choice is an entry of the history, typing replaces it, defaults are left out', async () => {
  const { router, made } = await filters('/?order=oldest&tab=2')
  made.set({ state: ['open'], order: 'newest' })
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/?tab=2&state=open')
  made.set({ q: ' wx ' }, 'typing')
  await settled()
  expect(router.currentRoute.value.query).toEqual({ tab: '2', state: 'open', q: 'wx' })
  router.back()
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/?order=oldest&tab=2')
  expect(made.values.value.order).toBe('oldest')
})

test('a link with filters of its own knows whether it is the present address', async () => {
  const { router, made } = await filters('/?state=done&order=newest')
  expect([made.is({ state: ['done'] }), made.is({}), made.is({ state: ['done'], q: 'x' })]).toEqual([true, false, false])
  expect(router.resolve(made.to({ q: 'x' })).fullPath).toBe('/?q=x')
})

test('clearing leaves what is not a filter', async () => {
  const { router, made } = await filters('/?tab=2&overdue=true&q=x')
  made.clear()
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/?tab=2')
})

test('a page that is left keeps its filters, so that it asks for nothing on the way out', async () => {
  const { router, made } = await filters('/?q=x')
  await router.push('/sign-in')
  expect(made.values.value.q).toBe('x')
})
