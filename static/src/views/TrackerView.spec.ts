import { fireEvent, screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import * as insights from '@/api/insights'
import * as logs from '@/api/logs'
import { ApiProblem } from '@/api/problem'
import * as api from '@/api/trackers'
import type { Log, Stats, Tracker } from '@/api/types'
import { renderPage } from '@/testing/page'
import { aLog, aTracker } from '@/testing/trackers'

import TrackerView from './TrackerView.vue'

const STATS: Stats = {
  range: '30d',
  from: '2026-10-23',
  to: '2026-11-21',
  days: 30,
  days_logged: 2,
  count: 2,
  min: 1.5,
  max: 2,
  mean: 1.75,
  median: 1.75,
  total: 3.5,
  kind: 'numerical',
  by_day: { min: 1.5, max: 2, mean: 1.75, median: 1.75 },
}
const DAYS = [
  { day: '2026-11-20', count: 1, value: 1.5, mean7: 1.5 },
  { day: '2026-11-21', count: 0, value: null, mean7: 1.5 },
]
const ENTRIES = [
  aLog({ id: 72, value: 2, note: 'Hot day' }),
  aLog({ id: 71, logged_at: '2026-11-19T11:00:00+00:00', local_day: '2026-11-19', timed: false }),
]
function given(tracker: Tracker = aTracker(), entries: Log[] = ENTRIES) {
  vi.spyOn(api, 'getTracker').mockResolvedValue(tracker)
  vi.spyOn(api, 'getPeople').mockResolvedValue({
    items: [{ id: 1, username: 'mira', role: 'owner', state: 'accepted', you: true }],
    next: null,
  })
  vi.spyOn(insights, 'getChart').mockResolvedValue('data:image/svg+xml,picture')
  vi.spyOn(insights, 'getDays').mockResolvedValue({ items: DAYS, next: null })
  return vi
    .spyOn(logs, 'getLogs')
    .mockResolvedValue({ items: structuredClone(entries), next: null })
}
const show = (path = '/trackers/3') => renderPage(TrackerView, path, '/trackers/:id')
const log = async () => within(await screen.findByRole('region', { name: 'Log' }))

describe('the page of a tracker', () => {
  beforeEach(() => {
    vi.spyOn(insights, 'getStats').mockResolvedValue(STATS)
  })

  it('shows its figures and describes its picture', async () => {
    given()
    await show()
    const figures = await screen.findByRole('region', { name: 'Figures' })
    expect(figures.textContent).toMatch(/Days logged\s*2\s+of 30/)
    expect(await screen.findByRole('img', { name: /^Water by day, 23 Oct to 21 Nov/ })).toBeTruthy()
    expect(insights.getChart).toHaveBeenCalledWith(3, { range: '30d' }, 'wide', 'light')
  })

  it('has the same numbers in a table, which opens when there is no picture', async () => {
    given()
    vi.mocked(insights.getChart).mockRejectedValue(new ApiProblem({ status: 500 }))
    await show()
    const trend = within(await screen.findByRole('region', { name: 'Trend' }))
    expect(
      await trend.findByText('The chart could not be drawn. These are its numbers.'),
    ).toBeTruthy()
    expect(trend.getAllByRole('row')[2]!.textContent).toMatch(/20 Nov1\.5\sl1\.5\sl/)
    expect(trend.getByRole('cell', { name: 'no entry' })).toBeTruthy()
  })

  it('keeps the range in the address', async () => {
    given()
    const { router } = await show('/trackers/3?range=90d')
    await waitFor(() => expect(insights.getStats).toHaveBeenCalledWith(3, { range: '90d' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Choose' }))
    const [from, to] = [screen.getAllByLabelText('From')[0]!, screen.getAllByLabelText('To')[0]!]
    await fireEvent.update(from, '2026-11-30')
    await fireEvent.update(to, '2026-11-01')
    await userEvent.click(screen.getByRole('button', { name: 'Show' }))
    expect(screen.getByText('The last day is before the first.')).toBeTruthy()
    await fireEvent.update(from, '2026-10-01')
    await userEvent.click(screen.getByRole('button', { name: 'Show' }))
    await waitFor(() =>
      expect(router.currentRoute.value.query).toEqual({ from: '2026-10-01', to: '2026-11-01' }),
    )
  })

  it('offers everything when the range is empty', async () => {
    given()
    vi.mocked(insights.getStats).mockResolvedValue({ ...STATS, count: 0, days_logged: 0 })
    const { router } = await show()
    expect(await screen.findByText(/Nothing in these 30 days\./)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Look at everything' }))
    await waitFor(() => expect(router.currentRoute.value.query.range).toBe('all'))
  })

  it('changes an entry in place', async () => {
    given()
    const change = vi.spyOn(logs, 'changeLog').mockResolvedValue(aLog({ id: 72, value: 3 }))
    await show()
    const card = await log()
    await userEvent.click((await card.findAllByRole('button', { name: /^Edit 2/ }))[0]!)
    const value = card.getByRole('textbox', { name: /Value/ })
    await userEvent.clear(value)
    await userEvent.type(value, '3')
    await userEvent.click(card.getByRole('button', { name: 'Save' }))
    expect(change).toHaveBeenCalledWith(72, { value: 3, note: 'Hot day' }, 2)
  })

  it('keeps the seconds of a duration whose note is changed', async () => {
    const timed = aLog({ id: 73, kind: 'time_duration', value: 761, source: 'timer' })
    given(aTracker({ kind: 'time_duration', name: 'Walk', unit: '', step: null }), [timed])
    const change = vi.spyOn(logs, 'changeLog').mockResolvedValue(timed)
    await show()
    const card = await log()
    await userEvent.click((await card.findAllByRole('button', { name: /^Edit 13/ }))[0]!)
    await userEvent.type(card.getByRole('textbox', { name: /Note/ }), 'Rain')
    await userEvent.click(card.getByRole('button', { name: 'Save' }))
    expect(change).toHaveBeenCalledWith(73, { value: 761, note: 'Rain' }, 2)
  })

  it('shows what another device made of it before overwriting that', async () => {
    given()
    vi.spyOn(logs, 'changeLog').mockRejectedValue(new ApiProblem({ status: 412 }))
    vi.spyOn(logs, 'getLog').mockResolvedValue(aLog({ id: 72, value: 5, version: 9 }))
    await show()
    const card = await log()
    await userEvent.click((await card.findAllByRole('button', { name: /^Edit 2/ }))[0]!)
    await userEvent.click(card.getByRole('button', { name: 'Save' }))
    expect(
      await card.findByText(/Changed elsewhere: 5\sl now\. Save again to use yours\./),
    ).toBeTruthy()
    await userEvent.click(card.getByRole('button', { name: 'Save' }))
    expect(vi.mocked(logs.changeLog).mock.calls[1]![2]).toBe(9)
  })

  it('removes an entry with Undo, the focus on the next row', async () => {
    const list = given()
    vi.spyOn(logs, 'deleteLog').mockResolvedValue(undefined)
    const restore = vi.spyOn(logs, 'restoreLog').mockResolvedValue(ENTRIES[0]!)
    await show()
    const card = await log()
    list.mockResolvedValue({ items: [ENTRIES[1]!], next: null })
    await userEvent.click((await card.findAllByRole('button', { name: /^Delete 2/ }))[0]!)
    expect(await screen.findByText('Entry removed.')).toBeTruthy()
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Edit 1\.5/)
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(restore).toHaveBeenCalledWith(72))
  })

  it('puts a row back when the server says no', async () => {
    given()
    vi.spyOn(logs, 'deleteLog').mockRejectedValue(new ApiProblem({ status: 500, title: 'Away.' }))
    await show()
    const card = await log()
    await userEvent.click((await card.findAllByRole('button', { name: /^Delete 2/ }))[0]!)
    await waitFor(() => expect(screen.queryByText('Entry removed.')).toBeNull())
    expect(card.getAllByRole('button', { name: /^Delete/ })).toHaveLength(2)
  })

  it('finds in notes and shows older ones', async () => {
    const list = given()
    list.mockResolvedValue({ items: ENTRIES, next: 'cursor' })
    await show()
    const card = await log()
    await userEvent.click(await card.findByRole('button', { name: 'Show older' }))
    expect(list).toHaveBeenLastCalledWith(
      3,
      expect.objectContaining({ after: 'cursor', limit: 50 }),
    )
    await userEvent.type(card.getByRole('searchbox'), 'hot')
    await waitFor(() =>
      expect(list).toHaveBeenLastCalledWith(
        3,
        expect.objectContaining({ q: 'hot', after: undefined }),
      ),
    )
  })

  it('lists what was deleted and puts it back', async () => {
    const list = given()
    await show()
    const card = await log()
    await card.findAllByRole('button', { name: /^Edit/ })
    list.mockImplementation(async (_id, query) => ({
      items: query?.state === 'deleted' ? [aLog({ id: 70, value: 9 })] : ENTRIES,
      next: null,
    }))
    const restore = vi.spyOn(logs, 'restoreLog').mockResolvedValue(aLog({ id: 70 }))
    await userEvent.click(card.getByRole('button', { name: 'Show deleted' }))
    await userEvent.click(await card.findByRole('button', { name: /^Put back 9/ }))
    expect(restore).toHaveBeenCalledWith(70)
  })

  it('only shows to who may look, and who wrote what', async () => {
    given(aTracker({ role: 'viewer', owner: 'jonas', shared: true }), [aLog({ by: null })])
    await show()
    expect(await screen.findByText('jonas shares this with you to look at.')).toBeTruthy()
    const card = await log()
    expect(await card.findByRole('cell', { name: 'former member' })).toBeTruthy()
    for (const name of [/Add log/, /^Edit/, /^Delete/, /Show deleted/]) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
    expect(screen.queryByRole('link', { name: 'Import' })).toBeNull()
  })

  it('rests in the archive until it is brought back', async () => {
    given(aTracker({ archived: true, archived_at: '2026-11-03T10:00:00+00:00' }))
    const change = vi.spyOn(api, 'changeTracker').mockResolvedValue(aTracker())
    await show()
    expect(
      await screen.findByText(/Resting in the archive since Tuesday 3 November\./),
    ).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Add log' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Bring back' }))
    expect(change).toHaveBeenCalledWith(3, { archived: false })
  })

  it('is not found when it is not yours', async () => {
    given()
    vi.spyOn(api, 'getTracker').mockRejectedValue(new ApiProblem({ status: 404 }))
    await show()
    expect(await screen.findByText('There is nothing here')).toBeTruthy()
  })
})
