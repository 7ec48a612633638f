import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import * as logs from '@/api/logs'
import * as api from '@/api/trackers'
import type { Tracker } from '@/api/types'
import { aLog, aTracker } from '@/testing/trackers'
import { renderPage } from '@/testing/page'

import TrackersView from './TrackersView.vue'

const WATER = aTracker()
const MOOD = aTracker({
  id: 4,
  name: 'Mood',
  kind: 'multiple_choice',
  choices: [{ id: 9, label: 'Good', archived: false }],
  last_value: null,
  last_logged_at: null,
})
const WEIGHT = aTracker({ id: 5, name: 'Weight', role: 'viewer', owner: 'jonas' })

function given(items: Tracker[]) {
  return vi.spyOn(api, 'getTrackers').mockResolvedValue({ items, next: null })
}
const show = (path = '/trackers') => renderPage(TrackersView, path, '/trackers')
const cards = () =>
  screen.getAllByRole('article').map((card) => within(card).getByRole('heading').textContent)

describe('the page of trackers', () => {
  beforeEach(() => {
    vi.spyOn(api, 'getInvitations').mockResolvedValue({ items: [], next: null })
  })

  it('shows each with its kind, number, last value and who shares it', async () => {
    given([WATER, MOOD, WEIGHT])
    await show()
    const water = await screen.findByRole('article', { name: 'Water' })
    expect(water).toHaveProperty(
      'textContent',
      expect.stringMatching(/Number.*#3.*1\.5\sl.*Yesterday, /s),
    )
    expect(screen.getByRole('article', { name: 'Mood' }).textContent).toContain('Nothing yet')
    const weight = screen.getByRole('article', { name: 'Weight' })
    expect(weight.textContent).toContain('from jonas, you may look')
    expect(within(weight).queryByRole('button', { name: /Add log/ })).toBeNull()
    expect(screen.getByText(/Three you follow, one shared with you\./)).toBeTruthy()
  })

  it('finds by words and by kind, and keeps that in the address', async () => {
    given([WATER, MOOD, WEIGHT])
    const { router } = await show()
    await userEvent.type(await screen.findByRole('searchbox'), 'wei')
    await waitFor(() => expect(cards()).toEqual(['Weight']))
    expect(router.currentRoute.value.query.q).toBe('wei')
    await userEvent.clear(screen.getByRole('searchbox'))
    await userEvent.click(screen.getByRole('button', { name: 'Choice' }))
    await waitFor(() => expect(cards()).toEqual(['Mood']))
    expect(router.currentRoute.value.query.show).toBe('multiple_choice')
  })

  it('says when nothing is found, and clears the search', async () => {
    given([WATER])
    await show('/trackers?q=wtr')
    expect(await screen.findByText('No tracker called “wtr”.')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Clear the search' }))
    await waitFor(() => expect(cards()).toEqual(['Water']))
  })

  it('logs from the card and can take it back', async () => {
    given([WATER])
    const add = vi.spyOn(logs, 'addLog').mockResolvedValue(aLog({ value: 2 }))
    const undo = vi.spyOn(logs, 'deleteLog').mockResolvedValue(undefined)
    await show()
    await userEvent.click(await screen.findByRole('button', { name: 'Add log to Water' }))
    await userEvent.click(screen.getByRole('button', { name: 'More Water' }))
    await userEvent.click(screen.getByRole('button', { name: 'Log' }))
    expect(add).toHaveBeenCalledWith(3, { value: 2, note: '' }, expect.anything())
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(undo).toHaveBeenCalledWith(71)
  })

  it('deletes with Undo, and the focus goes to the next card', async () => {
    const list = given([WATER, MOOD])
    vi.spyOn(api, 'deleteTracker').mockResolvedValue({ id: 3, name: 'Water', log_count: 212 })
    const restore = vi.spyOn(api, 'restoreTracker').mockResolvedValue(WATER)
    await show()
    await userEvent.click(await screen.findByRole('button', { name: 'More for Water' }))
    list.mockResolvedValue({ items: [MOOD], next: null })
    await userEvent.click(screen.getByRole('menuitem', { name: 'Delete' }))
    expect(
      await screen.findByText('Water and its 212 entries are in Recently deleted.'),
    ).toBeTruthy()
    expect(cards()).toEqual(['Mood'])
    expect(document.activeElement?.textContent).toBe('Mood')
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
    expect(restore).toHaveBeenCalledWith(3)
  })

  it('moves a tracker and says where it is', async () => {
    given([WATER, MOOD])
    const change = vi.spyOn(api, 'changeTracker').mockResolvedValue(WATER)
    await show()
    await userEvent.click(await screen.findByRole('button', { name: 'More for Water' }))
    await userEvent.click(screen.getByRole('menuitem', { name: 'Move down' }))
    await waitFor(() => expect(cards()).toEqual(['Mood', 'Water']))
    expect(change).toHaveBeenCalledWith(3, { position: 1 })
  })

  it('offers things to start with when there is nothing yet', async () => {
    given([])
    const make = vi.spyOn(api, 'createTracker').mockResolvedValue(WATER)
    await show()
    expect(await screen.findByText('Nothing to tend yet. One is enough to start.')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: /^Water/ }))
    expect(make).toHaveBeenCalledWith(expect.objectContaining({ name: 'Water', unit: 'l' }))
  })

  it('shows over sixty in parts', async () => {
    given(Array.from({ length: 65 }, (_, index) => aTracker({ id: index + 1, name: `T${index}` })))
    await show()
    await waitFor(() => expect(cards()).toHaveLength(30))
    await userEvent.click(screen.getByRole('button', { name: 'Show 30 more' }))
    await waitFor(() => expect(cards()).toHaveLength(60))
  })

  it('asks about trackers that others share', async () => {
    given([WATER])
    vi.spyOn(api, 'getInvitations').mockResolvedValue({
      items: [
        {
          id: 5,
          role: 'editor',
          from: 'anna',
          tracker: { id: 8, name: 'Garden', kind: 'boolean', description: '' },
        },
      ],
      next: null,
    })
    const accept = vi.spyOn(api, 'acceptInvitation').mockResolvedValue(MOOD)
    await show()
    await userEvent.click(await screen.findByRole('button', { name: 'Accept Garden' }))
    expect(accept).toHaveBeenCalledWith(5)
    expect(await screen.findByText('Garden is among your trackers now.')).toBeTruthy()
  })
})
