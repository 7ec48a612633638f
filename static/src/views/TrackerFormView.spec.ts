import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import * as api from '@/api/trackers'
import { ApiProblem } from '@/api/problem'
import { renderPage } from '@/testing/page'
import { aTracker } from '@/testing/trackers'

import TrackerFormView from './TrackerFormView.vue'

const MOOD = aTracker({
  id: 4,
  name: 'Mood',
  kind: 'multiple_choice',
  unit: '',
  step: null,
  log_count: 42,
  choices: [
    { id: 1, label: 'Calm', archived: false, uses: 11 },
    { id: 2, label: 'Flat', archived: false, uses: 31 },
    { id: 3, label: 'Good', archived: false, uses: 0 },
  ],
})
const create = () => renderPage(TrackerFormView, '/trackers/new', '/trackers/new')
const edit = () => renderPage(TrackerFormView, '/trackers/4/edit', '/trackers/:id/edit')
const choice = (at: number) => screen.getByRole('textbox', { name: `Choice ${at}` })
const labels = () =>
  screen
    .getAllByRole('textbox', { name: /^Choice \d/ })
    .map((each) => (each as HTMLInputElement).value)

describe('the form of a tracker', () => {
  beforeEach(() => {
    vi.spyOn(api, 'getTrackers').mockResolvedValue({ items: [], next: null })
    vi.spyOn(api, 'getInvitations').mockResolvedValue({ items: [], next: null })
    vi.spyOn(api, 'getTracker').mockResolvedValue(MOOD)
    vi.spyOn(api, 'getPeople').mockResolvedValue({ items: [], next: null })
  })

  it('makes a number and lands on Today at its row', async () => {
    const make = vi.spyOn(api, 'createTracker').mockResolvedValue(aTracker({ id: 9 }))
    const { router } = await create()
    await userEvent.type(await screen.findByLabelText('Name'), 'Water')
    await userEvent.type(screen.getByLabelText('Unit'), 'l')
    await userEvent.type(screen.getByLabelText(/one press of/), '0,5')
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(make).toHaveBeenCalledWith(
      expect.objectContaining({
        name: 'Water',
        kind: 'numerical',
        unit: 'l',
        step: 0.5,
        remind: true,
      }),
      expect.any(String),
    )
    await waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/today?row=9'))
  })

  it('asks for a name only once one has tried', async () => {
    await create()
    const name = await screen.findByLabelText('Name')
    expect(screen.queryByText('Give it a name.')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(screen.getByText('Give it a name.')).toBeTruthy()
    expect(document.activeElement).toBe(name)
    await userEvent.type(name, 'W')
    expect(screen.queryByText('Give it a name.')).toBeNull()
  })

  it('takes choices by Enter and by pasting several lines', async () => {
    const make = vi.spyOn(api, 'createTracker').mockResolvedValue(MOOD)
    await create()
    await userEvent.type(await screen.findByLabelText('Name'), 'Mood')
    await userEvent.click(screen.getByRole('radio', { name: /^Choice/ }))
    await userEvent.type(choice(1), 'Calm{Enter}Good{Enter}Flat')
    expect(labels()).toEqual(['Calm', 'Good', 'Flat'])
    await userEvent.type(choice(3), '{Enter}')
    await userEvent.paste('Low\nTired\n')
    expect(labels()).toEqual(['Calm', 'Good', 'Flat', 'Low', 'Tired'])
    await userEvent.click(screen.getByRole('button', { name: 'Move Tired up' }))
    expect(labels()).toEqual(['Calm', 'Good', 'Flat', 'Tired', 'Low'])
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Move Tired up' }))
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(make.mock.calls[0]![0].choices).toEqual(['Calm', 'Good', 'Flat', 'Tired', 'Low'])
    expect(make.mock.calls[0]![0]).not.toHaveProperty('unit')
  })

  it('wants two choices, no two alike', async () => {
    await create()
    await userEvent.type(await screen.findByLabelText('Name'), 'Mood')
    await userEvent.click(screen.getByRole('radio', { name: /^Choice/ }))
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(screen.getByText('Write at least two choices.')).toBeTruthy()
    await userEvent.type(choice(1), 'Calm')
    await userEvent.type(choice(2), 'calm')
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(screen.getByText('You already have a choice called calm.')).toBeTruthy()
  })

  it('keeps the kind once there are entries, and archives a choice that has some', async () => {
    const change = vi.spyOn(api, 'changeTracker').mockResolvedValue({ ...MOOD, version: 5 })
    const put = vi.spyOn(api, 'putChoices').mockResolvedValue({ items: [], next: null })
    await edit()
    expect(await screen.findByText(/It has 42 entries, so its kind stays\./)).toBeTruthy()
    expect((screen.getByRole('radio', { name: /^Number/ }) as HTMLInputElement).disabled).toBe(true)
    await userEvent.click(screen.getByRole('button', { name: 'Remove Flat' }))
    expect(
      screen.getByText(/Flat has 31 entries\.\s+They stay; it is no longer offered\./),
    ).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(change).toHaveBeenCalledWith(
      4,
      expect.not.objectContaining({ kind: expect.anything() }),
      4,
    )
    await waitFor(() =>
      expect(put).toHaveBeenCalledWith(4, [
        { id: 1, label: 'Calm' },
        { id: 3, label: 'Good' },
      ]),
    )
  })

  it("puts the server's words to their field", async () => {
    const words = 'You already have a tracker called Water.'
    vi.spyOn(api, 'createTracker').mockRejectedValue(
      new ApiProblem({ status: 422, errors: [{ field: 'name', message: words }] }),
    )
    await create()
    await userEvent.type(await screen.findByLabelText('Name'), 'Water')
    await userEvent.click(screen.getByRole('button', { name: 'Create tracker' }))
    expect(await screen.findByText(words)).toBeTruthy()
    expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true')
  })

  it('is not there for who only looks', async () => {
    vi.spyOn(api, 'getTracker').mockResolvedValue({ ...MOOD, role: 'viewer' })
    const { container } = await edit()
    expect(await within(container as HTMLElement).findByText('There is nothing here')).toBeTruthy()
  })
})
