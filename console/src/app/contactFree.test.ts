import { expect, test } from 'vitest'
import { createRouter } from 'vue-router'
import { settled } from '../testing/api'
import { contactFree, contactFreeHistory } from './contactFree'

const PHONE = '/?player=p1&q=138+0000-1234&owner=all'
function opened() {
  const page = { template: '<div />' }
  const router = createRouter({ history: contactFreeHistory(), routes: ['/', '/tickets', '/sign-in'].map((path) => ({ path, component: page })) })
  return router
}
const inBar = () => location.pathname + location.search
const q = (router: ReturnType<typeof opened>) => router.currentRoute.value.query.q

test.each([
  ['/?q=13800001234', '/'], ['/?q=%2B86%20138%200000%201234', '/'], ['/?q=１３８００００１２３４', '/'], ['/?q=13800', '/'], ['/?q=wxid_abc123', '/'], ['/tickets?state=done&q=dragon_1', '/tickets?state=done'],
  ['/orders?q=13800001234', '/orders'], [`/sign-in?next=${encodeURIComponent(PHONE)}`, '/sign-in'],
])('what looks like a contact is taken out of %s', (path, open) => expect(contactFree(path)).toBe(open))

test.each(['/?q=T-000123', '/?q=t123', '/?q=%23000123', '/?q=1234', '/?q=%E5%AD%99%E6%82%9F%E7%A9%BA', '/?q=long', '/items?q=sword_0001', '/orders?q=O-000001', '/?player=019370a0&ticket=1', '/sign-in?next=%2F%3Fplayer%3D1'])(
  'numbers and names stay in %s', (path) => expect(contactFree(path)).toBe(path))

test('a phone stands neither in the address nor in the titles of the history, and Back, a reload and signing in find it', async () => {
  const router = opened()
  await router.push(PHONE)
  expect([q(router), inBar()]).toEqual(['138 0000-1234', '/?player=p1&owner=all'])
  expect(router.resolve(PHONE).href).toBe('/?player=p1&owner=all')
  // Another phone in the same entry, as while typing.
  await router.replace('/?player=p1&q=13800005678&owner=all')
  expect(q(router)).toBe('13800005678')
  const left = { state: history.state as unknown, url: location.href }
  expect(JSON.stringify({ ...history.state as object, hidden: null })).not.toContain('1380000')
  // A link within the page, such as the one that skips the nav.
  history.pushState(null, '', `${location.search}#main`)
  dispatchEvent(new PopStateEvent('popstate', { state: null }))
  await settled()
  expect([q(router), location.hash]).toEqual(['13800005678', '#main'])
  await router.push('/?player=p2&q=T-1')
  expect([q(router), inBar()]).toEqual(['T-1', '/?player=p2&q=T-1'])
  await router.push({ path: '/sign-in', query: { next: PHONE } })
  expect([router.currentRoute.value.query.next, inBar()]).toEqual([PHONE, '/sign-in'])

  const loadedAgain = opened()
  await loadedAgain.push(loadedAgain.options.history.location)
  expect(loadedAgain.currentRoute.value.query.next).toBe(PHONE)
  // As the browser does on Back.
  history.replaceState(left.state, '', left.url)
  dispatchEvent(new PopStateEvent('popstate', { state: left.state }))
  await settled()
  expect([q(router), inBar()]).toEqual(['13800005678', '/?player=p1&owner=all'])
  await router.replace('/?player=p1')
  expect([q(router), JSON.stringify(history.state)]).toEqual([undefined, expect.not.stringContaining('5678')])
})

test('what one agent has searched for is not in the search of who signs in after him', async () => {
  sessionStorage.setItem('gamedesk:agent', 'KF001')
  const router = opened()
  await router.push(PHONE)
  const left = { state: history.state as unknown, url: location.href }
  await router.push('/tickets')
  sessionStorage.setItem('gamedesk:agent', 'KF002')
  history.replaceState(left.state, '', left.url)
  dispatchEvent(new PopStateEvent('popstate', { state: left.state }))
  await settled()
  expect([router.currentRoute.value.path, q(router)]).toEqual(['/', undefined])
  sessionStorage.setItem('gamedesk:agent', 'KF001')
  expect(opened().options.history.location).toContain('q=138')
})
