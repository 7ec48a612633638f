import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { expect, it } from 'vitest'

import type { Member } from '@/api/types'
import { renderPage } from '@/testing/page'
import { serve } from '@/testing/server'

import MembersView from './MembersView.vue'

const member = (id: number, username: string): Member => ({
  id,
  username,
  created_at: '2026-11-01T10:00:00+01:00',
  last_seen_at: null,
  second_factor: id === 1,
  active: true,
  admin: id === 1,
})
async function open(admin = true) {
  const people = [member(1, 'mira'), member(2, 'jonas')]
  const server = serve({
    'GET admin/people': { items: people, next: null },
    'PATCH admin/people/2': ({ body }: { body: object }) => ({ ...people[1], ...body }),
    'POST admin/invitations': { link: 'https://tend.example/sign-up?invite=abc' },
  })
  await renderPage(MembersView, '/settings/people', undefined, { admin })
  return server
}

it('does not exist for others, and asks the server nothing', async () => {
  const { asked } = await open(false)
  screen.getByRole('heading', { name: 'There is nothing here' })
  expect(asked).toHaveLength(0)
})
it('disables and enables, with Undo', async () => {
  const { of } = await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Disable jonas' }))
  await screen.findByText(/jonas is signed out everywhere/)
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await screen.findByRole('button', { name: 'Disable jonas' })
  expect(of('PATCH').map((call) => call.body)).toEqual([{ active: false }, { active: true }])
})
it('has nobody disable themselves', async () => {
  await open()
  const rows = await screen.findAllByRole('listitem')
  expect(rows[0]!.textContent).toContain('mira (you)')
  expect(rows[0]!.querySelector('button')).toBeNull()
  expect(rows[1]!.textContent).toContain('Password alone')
})
it('makes an invitation to copy', async () => {
  await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Make an invitation' }))
  const field = await screen.findByLabelText<HTMLInputElement>('The invitation')
  expect(field.value).toContain('invite=abc')
})
