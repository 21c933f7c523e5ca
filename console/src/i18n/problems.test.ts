import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { i18n, useLocale } from '../app/i18n'
import { Problem } from '../api/problem'
import { show, settled } from '../testing/api'
import ProblemNote from '../shared/ProblemNote.vue'
import homeEn from './home.en'
import homeZh from './home.zh-CN'
import importsEn from './imports.en'
import importsZh from './imports.zh-CN'
import problemsEn from './problems.en'
import problemsZh from './problems.zh-CN'

// The services, the gateway and what they share name their problems in their sources; nothing else lists them.
const ROOTS = ['../libs/chassis/src', '../gateway/src', ...readdirSync('../services').map((name) => `../services/${name}/src`)]
const sources = ROOTS.flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(py|yaml)$/.test(file)).map((file) => ({ file: join(root, file), text: readFileSync(join(root, file), 'utf8') })))
const found = (pattern: RegExp, of = sources) => [...new Set(of.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1]!)))].sort()

const slugs = [
  ...found(/\bslug(?:: ?[\w[\]]+)? ?= ?"([a-z][a-z-]+)"/g), // slug = "…" of a class, slug="…" of a call
  ...found(/x-missing: .*\bslug: ([a-z][a-z-]+)[,}]/g, sources.filter(({ file }) => file.endsWith('.yaml'))),
  ...found(/^ {4}\d{3}: \("([a-z-]+)", "/gm), // of a bare HTTP status
  ...found(/\bdocument\(\s*\d+, "([a-z-]+)"/g),
  ...found(/\b_of_database_trouble\(\s*"([a-z-]+)"/g),
]
const rules = [
  ...found(/^ {4}"(\w+)": "[^"]+",$/gm, sources.filter(({ file }) => file.endsWith('gamedesk_chassis/validation.py'))),
  ...found(/"rule": "([\w-]+)"/g, sources.filter(({ file }) => !file.includes('services'))),
]
const faultsOfFiles = found(/NotASpreadsheet\(\s*"([\w-]+)"/g)

test('the sources name their problems as this test reads them', () => {
  expect(slugs).toEqual(expect.arrayContaining(['stale-version', 'if-match-required', 'body-too-large', 'took-too-long', 'malformed-json', 'export-too-large', 'session-ended', 'minor-cap', 'form', 'player-merged']))
  expect(slugs.length).toBeGreaterThan(120)
  expect(rules).toEqual(expect.arrayContaining(['required', 'maxLength', 'pattern', 'uniqueItems', 'cursor', 'characters', 'unknown']))
  expect(faultsOfFiles).toContain('header-twice')
})

test.each([['zh-CN', homeZh, problemsZh, importsZh], ['en', homeEn, problemsEn, importsEn]] as const)('every problem and every rule of a field has its sentence in %s', (_, home, problems, imports) => {
  const said = { ...home.problem, ...problems.problem }
  expect(slugs.filter((slug) => !(slug in said))).toEqual([])
  expect(rules.filter((rule) => !(rule in problems.rule))).toEqual([])
  expect(faultsOfFiles.filter((rule) => !(rule in imports.imports.fault))).toEqual([])
})

interface Schema { $ref?: string; properties?: Record<string, unknown>; allOf?: Schema[] }
const contract = JSON.parse(readFileSync('../contracts/openapi.json', 'utf8')) as {
  components: { schemas: Record<string, Schema> }
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>
}
function fieldsOf(schema: Schema): string[] {
  const found = schema.$ref ? contract.components.schemas[schema.$ref.split('/').at(-1)!]! : schema
  return [...Object.keys(found.properties ?? {}), ...(found.allOf ?? []).flatMap(fieldsOf)]
}
// What no person fills in: how the page talks with the server, and what a game's backend sends.
const MACHINES = ['as_confirmed', 'close', 'despite_open_ticket', 'draft', 'event_id', 'loser_version', 'mode', 'set_waiting', 'transport', 'changes']

test('every field of a request has a name that a person knows', () => {
  const bodies = Object.values(contract.paths).flatMap((path) => Object.values(path)).flatMap(({ requestBody }) => Object.entries(requestBody?.content ?? {}))
  const fields = new Set(bodies.filter(([type]) => type.includes('json')).flatMap(([, { schema }]) => fieldsOf(schema)))
  expect(fields.size).toBeGreaterThan(90)
  expect([...fields].filter((field) => !MACHINES.includes(field) && !(field in problemsZh.fieldName))).toEqual([])
})

test('what a refusal says is loaded with it and follows the language; a limit is said as its field counts', async () => {
  const errors = [
    { pointer: '/detail', rule: 'maxLength', message: 'must have at most 5000 characters' }, { pointer: '/amount_fen', rule: 'maximum', message: 'must be at most 100000000' },
    { pointer: '/max_discount_bp', rule: 'maximum', message: 'must be at most 10000' }, { pointer: '/reason_id', rule: 'unknown-reason', message: 'must be active' }, { pointer: '/contents/2/quantity', rule: 'required', message: 'is required' }, { pointer: '/x', rule: 'strange', message: 'is strange' },
  ]
  const view = show(ProblemNote, { props: { problem: new Problem(500, 'urn:gamedesk:problem:internal', 'Title', null, errors, 'req-7') } })
  await settled()
  expect(view.text()).toContain('系统出错了')
  expect(view.text()).toContain('req-7')
  expect(view.findAll('li').map((line) => line.text())).toEqual(['问题详情 最多 5000 个字', '金额 不能大于 ¥1,000,000.00', '最低折扣 太大', '未成交原因 这个原因已停用，请另选一个。', '内容 3 必填', 'x is strange'])
  await useLocale('en')
  await settled()
  expect(view.get('li').text()).toBe('Problem detail At most 5000 characters')
  i18n.global.locale.value = 'zh-CN'
})
