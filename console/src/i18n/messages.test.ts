import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PAGES } from '../app/pages'

type Tree = { [key: string]: string | Tree }
function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`))
}
const files = import.meta.glob<{ default: Tree }>('./*.{zh-CN,en}.ts', { eager: true })
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
const TOPICS = [...new Set(Object.keys(files).map((file) => /^\.\/([\w-]+)\./.exec(file)![1]!))]
const of = (topic: string, locale: string) => new Map(leaves(files[`./${topic}.${locale}.ts`]?.default ?? {}))
const all = (locale: string) => TOPICS.flatMap((topic) => [...of(topic, locale)])

test.each(TOPICS)('both languages have the same messages of %s with the same placeholders', (topic) => {
  const chinese = of(topic, 'zh-CN')
  const english = of(topic, 'en')
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  for (const [key, text] of chinese) expect([key, names(english.get(key)!)]).toEqual([key, names(text)])
})

test('no message is empty, and none stands in two topics', () => {
  for (const [key, text] of [...all('zh-CN'), ...all('en')]) expect([key, text.trim()]).not.toEqual([key, ''])
  const keys = all('zh-CN').map(([key]) => key)
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
})

test('English has no Chinese, Chinese no English but names', () => {
  for (const [key, text] of all('en')) expect([key, text.match(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/)]).toEqual([key, null])
  // What is written in Latin letters in Chinese too.
  const NAMES = /GameDesk|Excel|xlsx|csv|CSV|API|KPI|\bID\b|Esc\b|Ctrl|Shift|小R|中R|大R|超R|PNG|JPEG|WebP|GIF|\bMB\b/g
  for (const [key, text] of all('zh-CN')) {
    expect([key, text.replace(/\{\w+\}/g, '').replace(NAMES, '').match(/[A-Za-z]{2,}/)]).toEqual([key, null])
  }
})

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(vue|ts)$/.test(file) && !/\.test\.|testing|i18n/.test(file))
const known = new Set(all('zh-CN').map(([key]) => key))

test('every message that the sources ask for exists', () => {
  const texts = sources.map((file) => readFileSync(join('src', file), 'utf8'))
  const asked = texts.flatMap((text) => [
    ...text.matchAll(/\bt\(\s*(['`])([\w.$\-{}]+)\1/g),
    ...text.matchAll(/\blabel: (')([a-z]\w*\.[\w.-]+)'/g), // of shortcuts
  ].map((match) => match[2]!))
  expect(asked.length).toBeGreaterThan(100)
  for (const key of asked) {
    // `tier.${tier}` is satisfied by any message below `tier.`
    const found = key.includes('${') ? [...known].some((one) => one.startsWith(key.slice(0, key.indexOf('${')))) : known.has(key)
    expect([key, found]).toEqual([key, true])
  }
})

test('texts are messages: no template has Chinese of its own', () => {
  for (const file of sources.filter((one) => one.endsWith('.vue'))) {
    const text = readFileSync(join('src', file), 'utf8').replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    // The language button names the other language in that language.
    if (!file.endsWith('PreferenceButtons.vue')) expect([file, text.match(/[\u4e00-\u9fff]+/)?.[0]]).toEqual([file, undefined])
  }
})

test('every page has a title, and the messages that it needs', () => {
  for (const { name, section, topics } of PAGES) {
    expect([name, known.has(`page.${name}`), known.has(`nav.${section}`)]).toEqual([name, true, true])
    expect(topics.filter((topic) => !TOPICS.includes(topic))).toEqual([])
  }
})

test('sentences of problems stand together: a refusal may come on any page', () => {
  const topics = TOPICS.filter((topic) => [...of(topic, 'zh-CN').keys()].some((key) => key.startsWith('problem.')))
  expect(topics.sort()).toEqual(['home', 'problems'])
})
