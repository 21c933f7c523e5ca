import { ref, watchEffect } from 'vue'

export type Locale = 'zh-CN' | 'en'
export type Theme = 'light' | 'dark'

function stored<T extends string>(name: string, allowed: readonly T[], otherwise: T) {
  const found = localStorage.getItem(`gamedesk:${name}`) as T | null
  const value = ref(found !== null && allowed.includes(found) ? found : otherwise)
  watchEffect(() => localStorage.setItem(`gamedesk:${name}`, value.value))
  return value
}
const prefersDark = () => matchMedia('(prefers-color-scheme: dark)').matches

/** What an agent chose for this browser. */
export const locale = stored<Locale>('locale', ['zh-CN', 'en'], navigator.language.startsWith('zh') || !navigator.language ? 'zh-CN' : 'en')
export const theme = stored<Theme>('theme', ['light', 'dark'], prefersDark() ? 'dark' : 'light')
/** Single-key shortcuts can be switched off (WCAG 2.1.4). */
export const singleKeys = stored<'on' | 'off'>('single-keys', ['on', 'off'], 'on')

watchEffect(() => {
  document.documentElement.lang = locale.value
  document.documentElement.classList.toggle('dark', theme.value === 'dark')
})
