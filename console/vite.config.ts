import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Writes `.gz` and `.br` beside every text file, once the bundle is on disk. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle(options) {
      const dir = options.dir ?? 'dist'
      const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
      for (const file of files.filter((name) => /\.(js|css|html|svg)$/.test(name))) {
        const path = join(dir, file)
        const text = readFileSync(path)
        if (text.length < 512) continue
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }))
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        )
      }
    },
  }
}

interface Graph { getModuleInfo: (id: string) => { importedIds: readonly string[] } | null }

/**
 * Whatever the first page needs at once goes into one file. Otherwise each part that another page needs too would be a
 * file of its own, and asking for fifty takes longer than reading them. The entry stays outside: it waits at its top
 * level, and what other pages import must not.
 */
function inFirstFile() {
  const needed = new Set<string>()
  const entry = resolve('src/main.ts')
  const walk = (id: string, graph: Graph) => {
    if (needed.has(id)) return
    needed.add(id)
    for (const next of graph.getModuleInfo(id)?.importedIds ?? []) walk(next, graph)
  }
  return (id: string, graph: Graph) => {
    walk(entry, graph)
    return id !== entry && needed.has(id) ? 'home' : null
  }
}

export default defineConfig({
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: 'src/components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    precompress(),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    // The page's policy is default-src 'self': data: addresses would be refused.
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: inFirstFile() }] } } },
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env.GAMEDESK_GATEWAY ?? 'http://127.0.0.1:8080' },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
    restoreMocks: true,
    // The first test of a page also transforms and loads the page's file, on a machine that may be busy.
    testTimeout: 20_000,
    // Four times faster; the setup file clears what tests leave behind.
    isolate: false,
  },
})
