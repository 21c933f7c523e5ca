import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import en from './en'
import zhCN from './zh-CN'

type Tree = { [key: string]: string | Tree }
function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`))
}
const chinese = new Map(leaves(zhCN))
const english = new Map(leaves(en as unknown as Tree))
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

test('both languages have the same messages with the same placeholders', () => {
  expect([...english.keys()]).toEqual([...chinese.keys()])
  for (const [key, text] of chinese) expect([key, names(english.get(key)!)]).toEqual([key, names(text)])
})

test('no message is empty', () => {
  for (const [key, text] of [...chinese, ...english]) expect([key, text.trim()]).not.toEqual([key, ''])
})

test('every message that the sources ask for exists', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(vue|ts)$/.test(file) && !file.includes('.test.'))
  const asked = sources.flatMap((file) => [...readFileSync(join('src', file), 'utf8').matchAll(/\bt\(\s*(['`])([\w.$\-{}]+)\1/g)].map((match) => match[2]!))
  expect(asked.length).toBeGreaterThan(100)
  for (const key of asked) {
    // `tier.${tier}` is satisfied by any message below `tier.`
    const found = key.includes('${') ? [...chinese.keys()].some((known) => known.startsWith(key.slice(0, key.indexOf('${')))) : chinese.has(key)
    expect([key, found]).toEqual([key, true])
  }
})
