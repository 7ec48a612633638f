/** Builds the page into dist/, which Flask serves at /static/ and finds through dist/.vite/manifest.json. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const api = process.env.TEND_API ?? 'http://localhost:8000'
// Bootstrap 5.3 is written for an older Sass; its warnings are not about our code.
const oldSass = ['import', 'global-builtin', 'color-functions', 'if-function'] as const

const figtree = ['latin-400', 'latin-600', 'latin-ext-400', 'latin-ext-600']
const serverFonts = [
  ...figtree.map((part) => `@fontsource/figtree/files/figtree-${part}-normal.woff2`),
  ...['latin', 'latin-ext'].map(
    (part) => `@fontsource-variable/fraunces/files/fraunces-${part}-soft-normal.woff2`,
  ),
]

// Everything of the page's own, and its icons; not Swagger, which only the docs need.
const OWN = /static\/(src\/(?!docs|early\.)|node_modules\/@lucide\/)/

/** Puts typefaces beside the page under names that stay: the server draws charts and reports with them. */
const fontsOfServer: Plugin = {
  name: 'fonts-of-server',
  apply: 'build',
  generateBundle() {
    for (const file of serverFonts) {
      const path = new URL(`./node_modules/${file}`, import.meta.url)
      const fileName = `fonts/${file.split('/').at(-1)}`
      this.emitFile({ type: 'asset', fileName, source: readFileSync(path) })
    }
  },
}

/** Compresses what is text, once and as well as it goes: the server sends these as they are. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  enforce: 'post',
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle)) {
      if (!/\.(js|css|svg)$/.test(name)) continue
      const text = readFileSync(`${dir}/${name}`)
      writeFileSync(`${dir}/${name}.br`, brotliCompressSync(text))
      writeFileSync(`${dir}/${name}.gz`, gzipSync(text, { level: 9 }))
    }
  },
}

/**
 * What is fetched together. On a slow line a further file costs more than some code that the page
 * does not need: left alone, the bundler makes thirty files of Today.
 */
const WAYS_IN =
  /static\/src\/(components\/(accounts|security)|lib\/passkeys|api\/(signin|factors)|composables\/use\w*(Passkey|Countdown))/
const chunks = [
  // Stays the same from release to release, and so in the browser.
  { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|pinia)\// },
  { name: 'main', tags: ['$initial' as const], test: OWN },
  // What signing in and Security share is no part of Today.
  { name: 'ways-in', test: WAYS_IN, minShareCount: 2 },
  { name: 'shared', test: OWN, minShareCount: 2 },
]

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/static/' : '/',
  plugins: [vue(), fontsOfServer, compressed],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // Components are written with setup() alone.
  define: command === 'build' ? { __VUE_OPTIONS_API__: false } : {},
  css: {
    preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: [...oldSass] } },
  },
  build: {
    manifest: true,
    // The content security policy allows data: for pictures alone, so no font or script is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // Swagger, on its own page, is as large as it is.
    chunkSizeWarningLimit: 1600,
    rollupOptions: {
      input: { main: 'src/main.ts', early: 'src/early.ts', docs: 'src/docs.ts' },
      output: { codeSplitting: { groups: chunks } },
    },
  },
  server: { proxy: { '/api': api, '/healthz': api } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.spec.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    env: { TZ: 'Europe/Vienna' },
    // Two cores are shared with the rest of the gate.
    maxWorkers: 2,
  },
}))
