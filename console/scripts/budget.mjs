// Fails when a page loads more than its budget: home all that comes first, every other page what it adds to that.
// Home must also begin with few files, and with the question who is signed in beside them.
// The lines of src/app/pages.ts name the pages and their message files. Bytes are gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const HOME = { js: 170_000, css: 15_000 }
const OTHERS = { js: 60_000 }
const FIRST_FILES = 4
const SPECIAL = { Kpi: { js: 230_000 } }
// What a page fetches by itself once it is there counts too.
const LATER = { Kpi: ['src/features/kpi/echarts.ts'] }
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

/** The files that a module brings with it, itself and whatever it imports at once. */
function reach(key, files = { js: new Set(), css: new Set() }) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${key} is not in the manifest`)
  if (files.js.has(chunk.file)) return files
  files.js.add(chunk.file)
  for (const css of chunk.css ?? []) files.css.add(css)
  for (const next of chunk.imports ?? []) reach(next, files)
  return files
}
const sizeOf = (files) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length, 0)

let failed = false
function check(name, files, limits) {
  for (const [kind, limit] of Object.entries(limits)) {
    const found = sizeOf(files[kind])
    const over = found > limit
    failed ||= over
    console.log(`${name} ${kind}: ${(found / 1000).toFixed(1)} kB of ${limit / 1000} kB${over ? ': OVER BUDGET' : ''}`)
  }
}

const home = reach('index.html')
reach('src/i18n/home.en.ts', home)
check('home', home, HOME)
const html = readFileSync('dist/index.html', 'utf8')
const first = html.match(/(?:src|href)="\/assets\/[^"]+\.(?:js|css)"/g).length
console.log(`home begins with ${first} files of ${FIRST_FILES}${first > FIRST_FILES ? ': TOO MANY' : ''}`)
const asks = /<link rel="preload" href="\/api\/session" as="fetch" crossorigin/.test(html)
if (!asks) console.log('home does not ask for the session beside its script: NO PRELOAD')
failed ||= first > FIRST_FILES || !asks
const lines = readFileSync('src/app/pages.ts', 'utf8').split('\n').filter((line) => line.includes('import(\'../pages/'))
const seen = new Set()
for (const line of lines) {
  const page = /import\('\.\.\/pages\/(.+)\.vue'\)/.exec(line)[1]
  const topics = [.../topics: \[([^\]]*)\]/.exec(line)[1].matchAll(/'([^']+)'/g)].map(([, topic]) => topic)
  if (seen.has(page)) continue
  seen.add(page)
  const files = reach(`src/pages/${page}.vue`)
  for (const later of LATER[page] ?? []) reach(later, files)
  // One language is loaded, the longer one counts.
  for (const topic of topics) {
    const [longest] = ['zh-CN', 'en'].map((locale) => `src/i18n/${topic}.${locale}.ts`).sort((a, b) => sizeOf([manifest[b].file]) - sizeOf([manifest[a].file]))
    reach(longest, files)
  }
  const extra = Object.fromEntries(['js', 'css'].map((kind) => [kind, [...files[kind]].filter((file) => !home[kind].has(file))]))
  check(page, extra, SPECIAL[page] ?? OTHERS)
}
process.exit(failed ? 1 : 0)
