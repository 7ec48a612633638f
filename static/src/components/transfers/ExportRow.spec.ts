import { render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import * as trackers from '@/api/trackers'
import * as api from '@/api/transfers'
import type { Job, Tracker } from '@/api/types'
import { signIn } from '@/testing/account'
import { aJob } from '@/testing/jobs'

import ExportForm from './ExportForm.vue'
import ExportRow from './ExportRow.vue'

vi.mock('@/api/trackers')
vi.mock('@/api/transfers')
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString()
const file = (change: Partial<Job>) =>
  aJob({ kind: 'export', filename: 'tend.csv', size: 48_200, ...change })
const show = (change: Partial<Job>) =>
  render(ExportRow, { props: { first: file(change), again: false } })
beforeEach(() => {
  signIn()
  vi.mocked(api.jobFileUrl).mockReturnValue('/api/v1/jobs/7/file')
})

it('gives what is ready', () => {
  show({ state: 'done', expires_at: hours(20) })
  screen.getByText(/^Ready, until/)
  const link = screen.getByRole('link', { name: 'Download tend.csv' })
  expect(link.getAttribute('href')).toBe('/api/v1/jobs/7/file')
})
it('makes again what is gone', async () => {
  const { emitted } = show({ state: 'done', finished_at: hours(-49), expires_at: hours(-1) })
  screen.getByText(/^Gone after 48 hours/)
  await userEvent.click(screen.getByRole('button', { name: 'Make it again: tend.csv' }))
  expect(emitted('again')).toHaveLength(1)
})
it('shows how far it is, and stops', async () => {
  vi.mocked(api.cancelJob).mockResolvedValue(file({ state: 'cancelled' }))
  show({ state: 'running', done: 420, total: 812 })
  const bar = screen.getByRole('progressbar')
  expect(bar.getAttribute('aria-valuenow')).toBe('51')
  expect(bar.getAttribute('aria-valuetext')).toBe('420 of 812')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await screen.findByText(/^Stopped/)
})
it('asks for everything when all are ticked, else for those that are', async () => {
  const items = [1, 2].map((id) => ({ id, name: `T${id}`, kind: 'boolean' }) as Tracker)
  vi.mocked(trackers.getTrackers).mockImplementation(async (query) => ({
    items: query?.state === 'archived' ? [] : items,
    next: null,
  }))
  vi.mocked(api.startExport).mockResolvedValue(file({}))
  render(ExportForm)
  const start = await screen.findByRole('button', { name: 'Take out as CSV' })
  await userEvent.click(start)
  expect(api.startExport).toHaveBeenLastCalledWith(undefined)
  await userEvent.click(screen.getByLabelText(/T2/))
  await userEvent.click(start)
  expect(api.startExport).toHaveBeenLastCalledWith([1])
  await userEvent.click(screen.getByLabelText(/T1/))
  await userEvent.click(start)
  expect(screen.getByRole('alert').textContent).toBe('Tick one tracker at least.')
})
