import userEvent from '@testing-library/user-event'
import { render, screen } from '@testing-library/vue'
import { beforeEach, expect, it, vi } from 'vitest'

import type { ProofMethod } from '@/api/types'
import { signIn } from '@/testing/account'
import { problem, serve } from '@/testing/server'

import ProofDialog from './ProofDialog.vue'

beforeEach(() => void signIn())
const open = (...methods: ProofMethod[]) => render(ProofDialog, { props: { methods } })
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

it('takes the password, and says at its field when it is another', async () => {
  let right = false
  const { of } = serve({
    'POST accounts/verify': () => (right ? {} : problem(401, 'That is not your password.')),
  })
  const { emitted } = open('password')
  await userEvent.type(screen.getByLabelText('Password'), 'wrong{Enter}')
  await screen.findByText('That is not your password.')
  expect(emitted('done')).toBeUndefined()
  right = true
  await press('Go on')
  expect(of('POST').at(-1)!.body).toEqual({ password: 'wrong' })
  expect(emitted('done')).toEqual([[true]])
})
it('takes a code where that is a way', async () => {
  const { of } = serve({ 'POST accounts/verify': {} })
  const { emitted } = open('password', 'totp')
  await press('Use a code from your app')
  await userEvent.type(screen.getByLabelText('Six-digit code'), '123456{Enter}')
  expect(of('POST')[0]!.body).toEqual({ code: '123456' })
  expect(emitted('done')).toEqual([[true]])
})
it('takes a passkey, and says when the device did not give one', async () => {
  vi.stubGlobal('PublicKeyCredential', function PublicKeyCredential() {})
  const get = vi.fn().mockRejectedValueOnce(new DOMException('', 'NotAllowedError'))
  get.mockResolvedValue({ toJSON: () => ({ id: 'AQ' }) })
  vi.spyOn(navigator, 'credentials', 'get').mockReturnValue({ get } as never)
  const { of } = serve({
    'POST accounts/verify/passkey/options': { options: { challenge: 'AQ' }, state: 's' },
    'POST accounts/verify/passkey': {},
  })
  const { emitted } = open('passkey')
  await press('Use a passkey')
  expect((await screen.findByRole('alert')).textContent).toContain('No passkey was used.')
  await press('Use a passkey')
  await vi.waitFor(() => expect(emitted('done')).toEqual([[true]]))
  expect(of('POST').at(-1)!.body).toEqual({ state: 's', credential: { id: 'AQ' } })
})
it('offers no passkey where the browser has none', () => {
  open('password', 'passkey')
  expect(screen.queryByRole('button', { name: 'Use a passkey' })).toBeNull()
})
it('leads elsewhere who has no other way, and back to this page', () => {
  open('oidc')
  const link = screen.getByRole('link', { name: 'Sign in elsewhere' })
  expect(link.getAttribute('href')).toMatch(/^\/api\/v1\/accounts\/oidc\/start\?next=%2F/)
})
it('can be left', async () => {
  const { emitted } = open('password')
  await press('Cancel')
  expect(emitted('done')).toEqual([[false]])
})
