/** Builds the page into dist/, which Flask serves at /static/ and finds through dist/.vite/manifest.json. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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

export default defineConfig(({ command }) => ({
  base: command === 'build' ? '/static/' : '/',
  plugins: [vue(), fontsOfServer],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
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
    rollupOptions: { input: { main: 'src/main.ts', docs: 'src/docs.ts' } },
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
