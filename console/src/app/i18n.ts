import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import zhCN, { type Messages } from '../i18n/zh-CN'
import { locale, type Locale } from './preferences'

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN },
})

/** Loads the messages of a language (Chinese is always there) and shows the page in it. */
export async function useLocale(wanted: Locale): Promise<void> {
  if (!i18n.global.availableLocales.includes(wanted)) {
    const found: { default: Messages } = await import('../i18n/en')
    i18n.global.setLocaleMessage(wanted, found.default)
  }
  i18n.global.locale.value = wanted
}
watch(locale, useLocale)
