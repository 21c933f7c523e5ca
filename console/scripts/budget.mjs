// Fails when what the home page loads first is heavier than the budget (gzipped).
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMITS = { js: 170_000, css: 15_000 }
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const chunks = new Set()
const styles = new Set()

function collect(key) {
  const chunk = manifest[key]
  if (!chunk || chunks.has(chunk.file)) return
  chunks.add(chunk.file)
  for (const css of chunk.css ?? []) styles.add(css)
  for (const next of chunk.imports ?? []) collect(next)
}
collect('index.html')
collect('src/pages/Home.vue')

const size = (files) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length, 0)
const found = { js: size(chunks), css: size(styles) }
let failed = false
for (const [kind, limit] of Object.entries(LIMITS)) {
  const over = found[kind] > limit
  failed ||= over
  console.log(`${kind}: ${(found[kind] / 1000).toFixed(1)} kB of ${limit / 1000} kB gzipped${over ? ': OVER BUDGET' : ''}`)
}
process.exit(failed ? 1 : 0)
