import { ref } from 'vue'
import { createRouter, START_LOCATION, type RouteRecordRaw } from 'vue-router'
import { whenSignedOut } from '../api/client'
import Home from '../pages/Home.vue'
import { contactFree, contactFreeHistory } from './contactFree'
import { loadMessages } from './i18n'
import { PAGES, type Page } from './pages'
import { keys, queryClient } from './query'
import { currentSession } from './session'

/** A page's file and its messages are fetched together, when it is first opened. */
const withMessages = ({ load, topics }: Pick<Page, 'load' | 'topics'>) => async () => (await Promise.all([load(), loadMessages(...topics)]))[0]
const route = ({ name, path, section, ...page }: Page): RouteRecordRaw => ({ name, path, meta: { signedIn: true, section }, component: withMessages(page) })
const notFound = withMessages({ load: () => import('../pages/NotFound.vue'), topics: ['desk'] })

export const router = createRouter({
  history: contactFreeHistory(),
  routes: [
    { path: '/', name: 'home', component: Home, meta: { signedIn: true, section: 'home' } },
    ...PAGES.map(route),
    { path: '/sign-in', name: 'sign-in', component: () => import('../pages/SignIn.vue') },
    { path: '/:rest(.*)*', name: 'not-found', meta: { signedIn: true }, component: notFound },
  ],
})

/** Fetches the file of the page that is asked for, before it is known who asks. */
export function preloadPage(path: string): void {
  const load = router.resolve(path).matched.at(-1)?.components?.default as (() => Promise<unknown>) | undefined
  // The home page is there already, and is no function.
  if (typeof load === 'function') load().catch(() => undefined)
}

const toSignIn = (next: string) => ({ name: 'sign-in', query: next === '/' ? {} : { next } })

router.beforeEach(async (to) => {
  // A gateway that does not answer is no reason to ask for a password: the page says what is missing.
  const session = await currentSession().catch(() => undefined)
  if (to.meta.signedIn && session === null) return toSignIn(to.fullPath)
  if (to.name === 'sign-in' && session) return { name: 'home' }
  return true
})

/** The page's file is not to be had, even after the page was loaded anew. */
export const pageMissing = ref(false)
/** A page's file that is gone (a newer version was installed meanwhile): load the page anew from the server, once. */
router.onError((error, to) => {
  if (!(error instanceof Error && /import|preload/i.test(error.message))) return
  if (router.currentRoute.value === START_LOCATION) pageMissing.value = true
  else location.assign(contactFree(to.fullPath))
})
router.afterEach(() => { pageMissing.value = false })

/** The session has ended under the page: sign in again and come back here. Drafts stay in sessionStorage. */
whenSignedOut(() => {
  queryClient.setQueryData(keys.session, null)
  const { meta, fullPath } = router.currentRoute.value
  if (!meta.signedIn) return
  const { name, query } = toSignIn(fullPath)
  void router.push({ name, query: { ...query, expired: 'yes' } })
})
