/** Renders a view in a router of its own, for somebody who is signed in. */
import { render } from '@testing-library/vue'
import { getActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import type { Account } from '@/api/types'
import ToastHost from '@/components/ui/ToastHost.vue'

import { signIn } from './account'

export async function renderPage(
  view: Component,
  path: string,
  pattern = '/:rest(.*)*',
  change: Partial<Account> = {},
) {
  // Dates and times are said as in Europe, whatever the test browser speaks.
  vi.spyOn(navigator, 'language', 'get').mockReturnValue('en-GB')
  signIn(change)
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: pattern, component: view },
      { path: '/:rest(.*)*', component: { template: '<p>Elsewhere</p>' } },
    ],
  })
  await router.push(path)
  const shown = render(
    { components: { ToastHost }, template: '<RouterView /><ToastHost />' },
    { global: { plugins: [getActivePinia()!, router] } },
  )
  return { ...shown, router }
}
