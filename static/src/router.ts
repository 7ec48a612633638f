/** Every page and its address; pages are fetched when they are first gone to. */
import type { Component } from 'vue'
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteRecordRaw,
} from 'vue-router'

import { onFactorNeeded, onSignedOut } from '@/api/http'
import { headingWanted } from '@/composables/useTitle'
import { useAccount } from '@/stores/account'
import { useTrouble } from '@/stores/trouble'

declare module 'vue-router' {
  interface RouteMeta {
    /** Open to someone who is not signed in, and shown without the shell. */
    open?: boolean
  }
}

type Lazy = () => Promise<{ default: Component }>
const settings = (path: string, component: Lazy): RouteRecordRaw => ({ path, component })
const open = { open: true }

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/today' },
  { path: '/today', component: () => import('@/views/TodayView.vue') },
  { path: '/trackers', component: () => import('@/views/TrackersView.vue') },
  { path: '/trackers/new', component: () => import('@/views/TrackerFormView.vue') },
  { path: '/trackers/:id(\\d+)', component: () => import('@/views/TrackerView.vue') },
  { path: '/trackers/:id(\\d+)/edit', component: () => import('@/views/TrackerFormView.vue') },
  { path: '/trackers/:id(\\d+)/people', component: () => import('@/views/PeopleView.vue') },
  { path: '/reports', component: () => import('@/views/ReportsView.vue') },
  { path: '/reports/:report(\\d+)', component: () => import('@/views/ReportView.vue') },
  { path: '/data', component: () => import('@/views/DataView.vue') },
  { path: '/data/import/:job(\\d+)?', component: () => import('@/views/ImportView.vue') },
  { path: '/data/exports', component: () => import('@/views/ExportsView.vue') },
  {
    path: '/settings',
    component: () => import('@/views/SettingsView.vue'),
    children: [
      settings('profile', () => import('@/views/settings/ProfileView.vue')),
      settings('reminders', () => import('@/views/settings/RemindersView.vue')),
      settings('reports', () => import('@/views/settings/ReportsView.vue')),
      settings('deliveries', () => import('@/views/settings/DeliveriesView.vue')),
      settings('security', () => import('@/views/settings/SecurityView.vue')),
      settings('tokens', () => import('@/views/settings/TokensView.vue')),
      settings('display', () => import('@/views/settings/DisplayView.vue')),
      settings('deleted', () => import('@/views/settings/DeletedView.vue')),
      settings('account', () => import('@/views/settings/AccountView.vue')),
      settings('people', () => import('@/views/settings/MembersView.vue')),
    ],
  },
  { path: '/sign-in', meta: open, component: () => import('@/views/accounts/SignInView.vue') },
  { path: '/sign-up', meta: open, component: () => import('@/views/accounts/SignUpView.vue') },
  { path: '/recover', meta: open, component: () => import('@/views/accounts/RecoverView.vue') },
  {
    path: '/recover/:token',
    meta: open,
    component: () => import('@/views/accounts/NewPasswordView.vue'),
  },
  {
    path: '/confirm/:token',
    meta: open,
    component: () => import('@/views/accounts/ConfirmView.vue'),
  },
  {
    path: '/unsubscribe/:token',
    meta: open,
    component: () => import('@/views/UnsubscribeView.vue'),
  },
  { path: '/:rest(.*)*', component: () => import('@/views/NotFoundView.vue') },
]

export const router = createRouter({
  history: createWebHistory('/'),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

/** Where to go after signing in: only ever a place of ours. */
export function wayBack(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/today'
}

/** To sign in, with the way back to `place` unless they left on purpose. */
function signInFrom(place: string) {
  return { path: '/sign-in', query: useAccount().left ? {} : { next: place } }
}

/** The page's code comes while the server is asked who this is; that of Today is named in the HTML. */
function prefetch(to: RouteLocationNormalized): void {
  for (const { components } of to.matched) {
    const load = components?.default
    if (typeof load === 'function') (load as Lazy)().catch(() => {}) // told when it is gone to
  }
}
router.beforeEach(async (to) => {
  const account = useAccount()
  if (!account.known && to.path !== '/today') prefetch(to)
  await account.load()
  if (!to.meta.open && !account.signedIn) {
    return to.fullPath === '/today' ? '/sign-in' : signInFrom(to.fullPath)
  }
  if (account.signedIn && (to.path === '/sign-in' || to.path === '/sign-up')) {
    return wayBack(to.query.next)
  }
  return true
})
router.afterEach((to, from, failed) => {
  if (!failed) useTrouble().clear()
  // A change of the query (a day, a filter) is not a change of page; nor is the first page.
  if (from.matched.length > 0 && to.path !== from.path) headingWanted.value = true
})
/** A page that cannot be gone to says why; an update is loaded when the person says so. */
router.onError((error: unknown, to) => useTrouble().fail(error, to.fullPath))

onSignedOut(() => {
  const account = useAccount()
  if (!account.signedIn) return
  account.take(null)
  const here = router.currentRoute.value.fullPath
  void router.replace(signInFrom(here))
})

onFactorNeeded(() => {
  const account = useAccount()
  if (!account.signedIn) return // the first look at the account says it itself
  account.lackFactor()
  void router.replace(signInFrom(router.currentRoute.value.fullPath))
})
