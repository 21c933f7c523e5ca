import { afterEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import Home from '../pages/Home.vue'
import SignIn from '../pages/SignIn.vue'
import { list, section, settled, show, stubApi } from '../testing/api'
import { useLocale } from './i18n'

afterEach(async () => {
  const { locale, theme } = await import('./preferences')
  Object.assign(locale, { value: 'zh-CN' })
  Object.assign(theme, { value: 'light' })
  await useLocale('zh-CN')
})

test('language and theme are remembered in this browser, and said by the document', async () => {
  const { locale, theme } = await import('./preferences')
  locale.value = 'en'
  theme.value = 'dark'
  await nextTick()
  expect([localStorage.getItem('gamedesk:locale'), localStorage.getItem('gamedesk:theme')]).toEqual(['en', 'dark'])
  expect([document.documentElement.lang, document.documentElement.classList.contains('dark')]).toEqual(['en', true])
  vi.resetModules()
  const anew = await import('./preferences')
  expect([anew.locale.value, anew.theme.value]).toEqual(['en', 'dark'])
})

test('what is stored and unknown is not used', async () => {
  localStorage.setItem('gamedesk:theme', 'sepia')
  vi.resetModules()
  expect((await import('./preferences')).theme.value).toMatch(/light|dark/)
})

test('the window is called by its page, in the language of the page', async () => {
  const empty = section(list())
  stubApi({ 'GET /home': [200, { attention: empty, sales_attention: empty, pack_attention: empty, players: empty }] })
  const home = show(Home)
  await settled()
  expect(document.title).toBe('工作台 · GameDesk 客服台')
  await useLocale('en')
  await settled()
  expect(document.title).toBe('Home · GameDesk Agent Desk')
  home.unmount()
  show(SignIn)
  await settled()
  expect(document.title).toBe('Sign in · GameDesk Agent Desk')
})
