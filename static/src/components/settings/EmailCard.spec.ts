import userEvent from '@testing-library/user-event'
import { render, screen } from '@testing-library/vue'
import { expect, it } from 'vitest'

import type { Account } from '@/api/types'
import { useToasts } from '@/stores/toasts'
import { MIRA, signIn } from '@/testing/account'
import { problem, serve } from '@/testing/server'

import EmailCard from './EmailCard.vue'

let now: Account
function open(change: Partial<Account> = {}, more: Record<string, unknown> = {}) {
  now = { ...MIRA, mail: 'smtp', ...change }
  signIn(now)
  const server = serve({
    'GET account': () => now,
    'POST account/email': () => {
      now = { ...now, new_email: 'new@example.org' }
      return new Response('{}', { status: 202, headers: { 'Content-Type': 'application/json' } })
    },
    'DELETE account/email': () => {
      now = { ...now, new_email: null }
      return null
    },
    'POST account/email/confirm': {},
    ...more,
  })
  return { ...server, ...render(EmailCard) }
}
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }))

it('changes once the letter is opened, and can be taken back until then', async () => {
  const { of } = open()
  await press('Change')
  await userEvent.type(screen.getByLabelText('New e-mail'), 'mira@example.org{Enter}')
  screen.getByText('That is the address you have.')
  await userEvent.clear(screen.getByLabelText('New e-mail'))
  await userEvent.type(screen.getByLabelText('New e-mail'), 'new@example.org{Enter}')
  await screen.findByText('new@example.org')
  screen.getByText('mira@example.org')
  expect(of('POST')[0]!.body).toEqual({ email: 'new@example.org' })
  await press('Send the letter again')
  expect(of('POST').map((call) => call.body)).toEqual(Array(2).fill({ email: 'new@example.org' }))
  await press('Take it back')
  await screen.findByRole('button', { name: 'Change' })
  expect(screen.queryByText('new@example.org')).toBeNull()
  expect(useToasts().current?.text).toBe('Your address stays mira@example.org.')
})
it('says whether the old address gets a letter, too', async () => {
  for (const confirmed of [true, false]) {
    const { unmount } = open({ confirmed })
    await press('Change')
    await userEvent.type(screen.getByLabelText('New e-mail'), 'new@example.org{Enter}')
    await screen.findByText('new@example.org')
    expect(useToasts().current?.text).toBe(
      confirmed
        ? 'Two letters are on their way, one to each address.'
        : 'A letter is on its way to the new address.',
    )
    unmount()
  }
})
it('sends the letter again while the address is not confirmed', async () => {
  const { of } = open({ confirmed: false })
  screen.getByText('Not confirmed yet')
  await press('Send the letter again')
  expect(of('POST')[0]!.path).toBe('account/email/confirm')
})
it('has nothing to send again for what is confirmed', () => {
  open()
  screen.getByText('Confirmed')
  expect(screen.queryByRole('button', { name: 'Send the letter again' })).toBeNull()
})
it('puts what the server says to the field', async () => {
  const errors = [{ field: 'email', message: 'Mail does not reach this address.' }]
  open({}, { 'POST account/email': problem(422, '', { errors }) })
  await press('Change')
  await userEvent.type(screen.getByLabelText('New e-mail'), 'new@example.org{Enter}')
  await screen.findByText('Mail does not reach this address.')
})
