import userEvent from '@testing-library/user-event'
import { render, screen, waitFor } from '@testing-library/vue'
import { getActivePinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { MIRA } from '@/testing/account'
import { problem, serve } from '@/testing/server'

import SignInView from './SignInView.vue'

const ABOUT = { registration: 'open', mail: 'folder', oidc: null }
const STEP = { next: 'second_factor', methods: ['totp', 'recovery_code'] }
async function open(path = '/sign-in?next=/data') {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: SignInView }],
  })
  await router.push(path)
  render(SignInView, { global: { plugins: [getActivePinia()!, router] } })
  return router
}
async function password(): Promise<void> {
  await userEvent.type(screen.getByLabelText('Username or e-mail'), 'mira')
  await userEvent.type(screen.getByLabelText('Password'), 'a long password{Enter}')
}

describe('the second step', () => {
  it('takes the six digits with their space, and goes where one wanted to go', async () => {
    const { of } = serve({
      'GET about': ABOUT,
      'POST accounts/login': STEP,
      'POST accounts/second-factor': MIRA,
    })
    const router = await open()
    await password()
    const field = await screen.findByLabelText<HTMLInputElement>('Six-digit code')
    expect(field.autocomplete).toBe('one-time-code')
    await waitFor(() => expect(document.activeElement).toBe(field))
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('One more step')
    await userEvent.type(field, '123 456{Enter}')
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/data'))
    expect(of('POST').at(-1)!.body).toEqual({ code: '123456' })
  })
  it('says at the field that a code was wrong, and empties it', async () => {
    serve({
      'GET about': ABOUT,
      'POST accounts/login': STEP,
      'POST accounts/second-factor': problem(401, 'That code does not fit.'),
    })
    await open()
    await password()
    const field = await screen.findByLabelText<HTMLInputElement>('Six-digit code')
    await userEvent.type(field, '12345{Enter}')
    screen.getByText('Write the six digits that your app shows.')
    await userEvent.type(field, '6{Enter}')
    await screen.findByText('That code does not fit.')
    expect(field.value).toBe('')
    expect(document.activeElement).toBe(field)
  })
  it('counts down after too many codes', async () => {
    serve({
      'GET about': ABOUT,
      'POST accounts/login': STEP,
      'POST accounts/second-factor': problem(429, '', {}, { 'Retry-After': '120' }),
    })
    await open()
    await password()
    await userEvent.type(await screen.findByLabelText('Six-digit code'), '123456{Enter}')
    expect((await screen.findByRole('alert')).textContent).toMatch(/Try again in\s+2 minutes/)
  })
  it('goes back to the password when it took too long', async () => {
    const over = problem(401, 'That took too long. Please sign in once more.', {
      type: '/problems/sign-in-again',
    })
    serve({ 'GET about': ABOUT, 'POST accounts/login': STEP, 'POST accounts/second-factor': over })
    await open()
    await password()
    await userEvent.type(await screen.findByLabelText('Six-digit code'), '123456{Enter}')
    await screen.findByLabelText('Password')
    expect(screen.getByRole('alert').textContent).toContain('That took too long.')
  })
  it('takes a recovery code instead, and lets one begin again', async () => {
    const { of } = serve({
      'GET about': ABOUT,
      'POST accounts/login': STEP,
      'POST accounts/recovery-code': problem(401, 'That code is not one of yours.'),
    })
    await open()
    await password()
    await userEvent.click(await screen.findByRole('button', { name: 'Use a recovery code' }))
    await userEvent.type(screen.getByLabelText('Recovery code'), 'abcd-efgh{Enter}')
    await screen.findByText('That code is not one of yours.')
    expect(of('POST').at(-1)!.body).toEqual({ code: 'abcd-efgh' })
    await userEvent.click(screen.getByRole('button', { name: 'Start again' }))
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('')
    expect(of('POST').at(-1)!.path).toBe('accounts/logout')
  })
})

describe('other ways in', () => {
  it('has no passkeys where the browser has none', async () => {
    serve({ 'GET about': ABOUT })
    await open()
    expect(screen.queryByRole('button', { name: 'Sign in with a passkey' })).toBeNull()
  })
  it('signs in with a passkey alone', async () => {
    vi.stubGlobal('PublicKeyCredential', function PublicKeyCredential() {})
    const get = vi.fn(async () => ({ toJSON: () => ({ id: 'AQ' }) }))
    vi.spyOn(navigator, 'credentials', 'get').mockReturnValue({ get } as never)
    const { of } = serve({
      'GET about': ABOUT,
      'POST accounts/passkey/options': { options: { challenge: 'AQ' }, state: 's' },
      'POST accounts/passkey': MIRA,
    })
    const router = await open()
    await userEvent.click(screen.getByRole('button', { name: 'Sign in with a passkey' }))
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/data'))
    expect(of('POST').at(-1)!.body).toEqual({ state: 's', credential: { id: 'AQ' } })
  })
  it('leads to the other site with the way back', async () => {
    serve({ 'GET about': { ...ABOUT, oidc: { name: 'Home' } } })
    await open()
    const link = await screen.findByRole('link', { name: 'Sign in with Home' })
    expect(link.getAttribute('href')).toBe(
      '/api/v1/accounts/oidc/start?next=%2Fdata&timezone=Europe%2FVienna',
    )
  })
  it('asks for the step that is left when one comes back from there', async () => {
    serve({ 'GET about': ABOUT, 'POST accounts/second-factor': MIRA })
    const router = await open(
      '/sign-in?step=second_factor&methods=totp%2Crecovery_code%2Cother&next=%2Fdata',
    )
    await userEvent.type(await screen.findByLabelText('Six-digit code'), '123456{Enter}')
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/data'))
  })
  it('sets up what everybody needs when one comes back from there', async () => {
    serve({ 'GET about': ABOUT })
    const router = await open('/sign-in?step=set_up&next=%2Fdata')
    await screen.findByRole('button', { name: 'With an authenticator app' })
    await userEvent.click(screen.getByRole('button', { name: 'Start again' }))
    await screen.findByLabelText('Password')
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/data'))
  })
  it('says what came of it there, in words for any code', async () => {
    serve({ 'GET about': ABOUT })
    await open('/sign-in?problem=who-knows')
    expect(screen.getByRole('alert').textContent).toContain('Try again, or use your password.')
  })
})

describe('where everybody needs a second factor', () => {
  it('sets it up before one is in, and waits until the codes are saved', async () => {
    const codes = ['aaaa-bbbb', 'cccc-dddd']
    serve({
      'GET about': ABOUT,
      'GET account': MIRA,
      'POST accounts/login': { next: 'set_up', methods: [] },
      'POST account/totp': { state: 's', secret: 'ABCD EFGH', uri: 'otpauth://x', qr: 'data:,' },
      'POST account/totp/confirm': { recovery_codes: codes },
    })
    const router = await open()
    await password()
    await userEvent.click(await screen.findByRole('button', { name: 'With an authenticator app' }))
    await userEvent.type(await screen.findByLabelText('Six-digit code'), '123456{Enter}')
    await screen.findByText('cccc-dddd')
    expect(router.currentRoute.value.path).toBe('/sign-in')
    await userEvent.click(screen.getByRole('button', { name: 'I saved them' }))
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/data'))
  })
})
