import { fireEvent, render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as trackers from '@/api/trackers'
import * as api from '@/api/transfers'
import type { Tracker } from '@/api/types'
import { signIn } from '@/testing/account'
import { aJob } from '@/testing/jobs'

import ChooseFile from './ChooseFile.vue'

vi.mock('@/api/trackers')
vi.mock('@/api/transfers')
const csv = new File(['2026-11-01,2'], 'water.csv', { type: 'text/csv' })
beforeEach(() => {
  signIn()
  const items = [
    { id: 3, name: 'Water', role: 'owner' },
    { id: 4, name: 'Jonas sleeps', role: 'viewer' },
  ] as Tracker[]
  vi.mocked(trackers.getTrackers).mockResolvedValue({ items, next: null })
  vi.mocked(api.startImport).mockResolvedValue(aJob())
})
const field = () => screen.getByLabelText<HTMLInputElement>(/Drop a file here/)
const look = () => userEvent.click(screen.getByRole('button', { name: 'Look at the file' }))

it('asks for a file before it sends anything', async () => {
  render(ChooseFile)
  await look()
  screen.getByText('Choose a file first.')
  expect(field().getAttribute('aria-invalid')).toBe('true')
  expect(api.startImport).not.toHaveBeenCalled()
})
it('sends the file into what it says', async () => {
  const { emitted } = render(ChooseFile)
  await userEvent.upload(field(), csv)
  screen.getByText('water.csv')
  await look()
  expect(api.startImport).toHaveBeenCalledWith(csv, undefined)
  expect(emitted('started')).toHaveLength(1)
})
it('takes a dropped file into one tracker, of those that can be written to', async () => {
  render(ChooseFile)
  await fireEvent.drop(field().closest('label')!, { dataTransfer: { files: [csv] } })
  await userEvent.click(screen.getByLabelText('one tracker'))
  await look()
  screen.getByText('Choose a tracker.')
  expect(screen.queryByRole('option', { name: 'Jonas sleeps' })).toBeNull()
  await userEvent.selectOptions(screen.getByLabelText('The tracker'), 'Water')
  await look()
  expect(api.startImport).toHaveBeenCalledWith(csv, 3)
})
it('says at once that a picture is no table', async () => {
  render(ChooseFile)
  const picture = new File(['x'], 'me.png', { type: 'image/png' })
  await fireEvent.drop(field().closest('label')!, { dataTransfer: { files: [picture] } })
  screen.getByText('This looks like a picture, not a table. Tend reads CSV.')
})
