import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import home from '../i18n/home.zh-CN'
import { locale, type Locale } from './preferences'

type Messages = Record<string, unknown>

/** Every topic's messages in both languages, each a file of its own; the home page's Chinese is always there. */
const FILES = import.meta.glob<{ default: Messages }>(['../i18n/*.{zh-CN,en}.ts', '!../i18n/home.zh-CN.ts'])

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  // A copy, for other topics are merged into it.
  messages: { 'zh-CN': structuredClone(home) },
})

const topics = new Set(['home'])
const loaded = new Set(['home.zh-CN'])

async function load(topic: string, wanted: Locale): Promise<void> {
  const name = `${topic}.${wanted}`
  if (loaded.has(name)) return
  const file = FILES[`../i18n/${name}.ts`]
  if (!file) throw new Error(`There are no messages ${name}`)
  i18n.global.mergeLocaleMessage(wanted, (await file()).default)
  loaded.add(name)
}

/** Loads a page's messages in the present language, and in the one that is on its way; they follow later changes. */
export async function loadMessages(...wanted: string[]): Promise<void> {
  for (const topic of wanted) topics.add(topic)
  const languages = [...new Set([locale.value, i18n.global.locale.value as Locale])]
  await Promise.all(wanted.flatMap((topic) => languages.map((language) => load(topic, language))))
}

/** Shows the page in a language, once everything that it needs is there. */
export async function useLocale(wanted: Locale): Promise<void> {
  await Promise.all([...topics].map((topic) => load(topic, wanted)))
  i18n.global.locale.value = wanted
}
watch(locale, useLocale)
