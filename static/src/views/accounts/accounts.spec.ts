import userEvent from '@testing-library/user-event'
import { render, screen, waitFor } from '@testing-library/vue'
import { getActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import { wayBack } from '@/router'
import { useAccount } from '@/stores/account'
import { MIRA } from '@/testing/account'
import { problem, serve } from '@/testing/server'

import NewPasswordView from './NewPasswordView.vue'
import RecoverView from './RecoverView.vue'
import SignInView from './SignInView.vue'
import SignUpView from './SignUpView.vue'

const ABOUT = { name: 'Tend', registration: 'open', mail: 'folder' }
async function open(view: Component, path: string, pattern = '/:rest(.*)*') {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/today', component: { render: () => null } },
      { path: pattern, component: view },
    ],
  })
  await router.push(path)
  render(view, { global: { plugins: [getActivePinia()!, router] } })
  return router
}
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))
const type = (label: string, text: string) => userEvent.type(screen.getByLabelText(label), text)

describe('signing in', () => {
  it('asks for both fields first, and only then says what is missing', async () => {
    serve({ 'GET about': ABOUT })
    await open(SignInView, '/sign-in')
    await press('Sign in')
    expect(screen.getByRole('alert').textContent).toContain('Two things to look at')
    await type('Username or e-mail', 'm')
    expect(screen.queryAllByText('Write your username or e-mail.')).toHaveLength(0)
  })
  it('goes back to where one was', async () => {
    serve({ 'GET about': ABOUT, 'POST accounts/login': MIRA })
    const router = await open(SignInView, '/sign-in?next=/today?day=2026-11-19')
    await type('Username or e-mail', 'mira')
    await type('Password', 'a long password{Enter}')
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/today?day=2026-11-19'))
    expect(useAccount().account?.username).toBe('mira')
  })
  it('never says which of the two was wrong', async () => {
    const words = 'That username and password do not go together.'
    serve({ 'GET about': ABOUT, 'POST accounts/login': problem(422, words) })
    await open(SignInView, '/sign-in')
    await type('Username or e-mail', 'mira')
    await type('Password', 'wrong{Enter}')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain(words))
  })
  it('counts down after too many tries', async () => {
    const slow = problem(429, '', {}, { 'Retry-After': '240' })
    serve({ 'GET about': ABOUT, 'POST accounts/login': slow })
    await open(SignInView, '/sign-in')
    await type('Username or e-mail', 'mira')
    await type('Password', 'wrong{Enter}')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/4 minutes/))
  })
  it.each([
    ['https://elsewhere.example', '/today'],
    ['//elsewhere.example', '/today'],
    ['/\\elsewhere.example', '/today'],
    ['/trackers/3?range=30d', '/trackers/3?range=30d'],
    [undefined, '/today'],
  ])('a way back of %s is %s', (next, path) => expect(wayBack(next)).toBe(path))
})

describe('signing up', () => {
  it('shows what the server refuses at its fields', async () => {
    const errors = [{ field: 'username', message: 'That username is taken.' }]
    serve({
      'GET about': ABOUT,
      'POST *': problem(422, '', { errors }),
      'POST accounts/password-strength': { score: 3, message: '' },
    })
    await open(SignUpView, '/sign-up')
    await type('Username', 'Mira')
    await type('E-mail', 'mira@example.org')
    await type('Password', 'plum black room at night')
    await press('Create account')
    await waitFor(() => expect(screen.getByText('That username is taken.')).toBeTruthy())
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Username')))
  })
  it('sends a folded name and the zone of the browser', async () => {
    const { of } = serve({ 'GET about': ABOUT, 'POST accounts/register': MIRA })
    await open(SignUpView, '/sign-up')
    await type('Username', 'Mira')
    await type('E-mail', 'mira@example.org')
    await type('Password', 'plum black room at night')
    await press('Create account')
    const sent = of('POST').find((call) => call.path === 'accounts/register')!
    expect(sent.body).toMatchObject({ username: 'mira', timezone: 'Europe/Vienna' })
  })
  it('says so where new accounts are closed', async () => {
    serve({ 'GET about': { ...ABOUT, registration: 'closed' } })
    await open(SignUpView, '/sign-up')
    await screen.findByText(/New accounts are closed here/)
    expect(screen.queryByLabelText('Username')).toBeNull()
  })
})

describe('a new password', () => {
  it('answers alike for every address, and says where the mail lies', async () => {
    serve({ 'GET about': ABOUT, 'POST accounts/reset': {} })
    await open(RecoverView, '/recover')
    await type('E-mail', 'who@example.org{Enter}')
    await screen.findByText('If an account has this address, a mail is on its way.')
    expect(screen.getByText(/The message lies in the server's data folder/)).toBeTruthy()
  })
  it('offers a new link when the old one has expired', async () => {
    serve({ 'GET accounts/reset/old': problem(410, 'Expired.') })
    await open(NewPasswordView, '/recover/old', '/recover/:token')
    expect((await screen.findByText('Ask for a new one')).getAttribute('href')).toBe('/recover')
  })
  it('sets it', async () => {
    const { of } = serve({ 'GET accounts/reset/abc': {}, 'POST accounts/reset/abc': {} })
    await open(NewPasswordView, '/recover/abc', '/recover/:token')
    await screen.findByLabelText('New password')
    await type('New password', 'short{Enter}')
    expect(screen.getByText('A password has at least 12 characters.')).toBeTruthy()
    await type('New password', ' but now it is long{Enter}')
    await screen.findByText(/Your new password is set/)
    expect(of('POST').some((call) => call.path === 'accounts/reset/abc')).toBe(true)
  })
})
