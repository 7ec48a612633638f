import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { expect, it, vi } from 'vitest'

import type { Token } from '@/api/types'
import { endOf } from '@/lib/tokens'
import { renderPage } from '@/testing/page'
import { problem, serve } from '@/testing/server'

import TokensView from './TokensView.vue'

const KITCHEN: Token = {
  id: 3,
  name: 'Kitchen',
  scope: 'log',
  start: 'tend_ab12cd34',
  created_at: '2026-11-01T10:00:00+01:00',
  expires_at: null,
  last_used_at: '2026-11-20T21:10:00+01:00',
}
const SECRET = 'tend_ab12cd34_abcdefgh'
let there: Token[]
async function open(tokens: Token[] = []) {
  there = tokens
  const server = serve({
    'GET account/tokens': () => ({ items: there, next: null }),
    'POST account/tokens': () => {
      there = [KITCHEN]
      return { ...KITCHEN, token: SECRET }
    },
    'DELETE account/tokens/3': () => {
      there = []
      return null
    },
  })
  await renderPage(TokensView, '/settings/tokens')
  return server
}
const press = async (name: string | RegExp) =>
  userEvent.click(await screen.findByRole('button', { name }))

it('makes one with what it may do, shows it this once with a line to try', async () => {
  const { of } = await open()
  await screen.findByText('There is none yet.')
  await userEvent.type(screen.getByLabelText('What it is for'), 'Kitchen')
  await userEvent.click(screen.getByRole('radio', { name: /^Log/ }))
  await userEvent.selectOptions(screen.getByLabelText('It holds'), 'Until I revoke it')
  await press('Make the token')
  const field = await screen.findByLabelText<HTMLInputElement>('The token, shown this once')
  expect(field.value).toBe(SECRET)
  expect(screen.getByLabelText<HTMLInputElement>('To try it in a terminal').value).toBe(
    `curl -H "Authorization: Bearer ${SECRET}" ${location.origin}/api/v1/today`,
  )
  expect(of('POST')[0]!.body).toEqual({ name: 'Kitchen', scope: 'log', expires_at: null })
  await press('I have it')
  expect(document.body.innerHTML).not.toContain(SECRET)
  expect((await screen.findByText('Kitchen')).closest('li')!.textContent).toContain(
    'last used yesterday',
  )
})
it('wants a name', async () => {
  const { of } = await open()
  await press('Make the token')
  screen.getByText('Give it a name, for example Kitchen display.')
  expect(of('POST')).toHaveLength(0)
})
it('revokes one after asking', async () => {
  const { of } = await open([KITCHEN])
  await press('Revoke Kitchen')
  expect(of('DELETE')).toHaveLength(0)
  await press('Revoke')
  await screen.findByText('There is none yet.')
  await screen.findByText('Kitchen no longer opens anything.')
})
it('says nothing when the person would rather not show who they are', async () => {
  await open()
  const refused = problem(403, 'Show that it is you.', { type: '/problems/recent-sign-in' })
  serve({ 'POST account/tokens': refused, 'GET account/tokens': { items: [], next: null } })
  await userEvent.type(screen.getByLabelText('What it is for'), 'Kitchen')
  await press('Make the token')
  await vi.waitFor(() =>
    expect(
      screen.getByRole('button', { name: 'Make the token' }).getAttribute('aria-busy'),
    ).toBeNull(),
  )
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByLabelText<HTMLInputElement>('What it is for').value).toBe('Kitchen')
})
it('counts the end from now', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(endOf(30, now)).toBe('2026-12-21T12:00:00.000Z')
  expect(endOf(0, now)).toBeNull()
})
