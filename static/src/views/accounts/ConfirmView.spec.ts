import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { expect, it } from 'vitest'

import type { Proof } from '@/api/types'
import { useAccount } from '@/stores/account'
import { MIRA } from '@/testing/account'
import { renderPage } from '@/testing/page'
import { problem, serve } from '@/testing/server'

import ConfirmView from './ConfirmView.vue'

const LINK = 'accounts/confirm/abc'
const open = () => renderPage(ConfirmView, '/confirm/abc', '/confirm/:token')
const proof = (what: Proof['what']): Proof => ({ what, email: 'new@example.org' })

it('changes nothing by being opened, and moves by the button', async () => {
  const account = { ...MIRA, email: 'new@example.org' }
  const { of } = serve({
    [`GET ${LINK}`]: proof('move'),
    [`POST ${LINK}`]: proof('move'),
    'GET account': account,
  })
  await open()
  await screen.findByText('new@example.org')
  expect(of('POST')).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Move to this address' }))
  await screen.findByText('Your account has this address now.')
  expect(useAccount().account?.email).toBe('new@example.org')
})
it('leads on to a new password when somebody else began the move', async () => {
  serve({
    [`GET ${LINK}`]: proof('keep'),
    [`POST ${LINK}`]: proof('keep'),
    'GET account': problem(401),
  })
  await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Keep this address' }))
  const link = await screen.findByRole('link', { name: 'Set a new password' })
  expect(link.getAttribute('href')).toBe('/recover')
  expect(useAccount().signedIn).toBe(false)
})
it('says why a link is over', async () => {
  serve({ [`GET ${LINK}`]: problem(410, 'This link is over a day old.') })
  await open()
  await screen.findByText('This link is over a day old.')
  expect(screen.queryByRole('button')).toBeNull()
})
