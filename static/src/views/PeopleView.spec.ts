import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import * as api from '@/api/trackers'
import type { Person, Tracker } from '@/api/types'
import { renderPage } from '@/testing/page'
import { aTracker } from '@/testing/trackers'

import PeopleView from './PeopleView.vue'

const MIRA: Person = { id: 1, username: 'mira', role: 'owner', state: 'accepted', you: true }
const JONAS: Person = { id: 2, username: 'jonas', role: 'viewer', state: 'accepted', you: false }
function given(people: Person[], tracker: Tracker = aTracker()) {
  vi.spyOn(api, 'getTracker').mockResolvedValue(tracker)
  return vi.spyOn(api, 'getPeople').mockResolvedValue({ items: people, next: null })
}
const show = () => renderPage(PeopleView, '/trackers/3/people', '/trackers/:id/people')

describe('the people of a tracker', () => {
  it('shares it with somebody', async () => {
    given([MIRA])
    const invite = vi.spyOn(api, 'invite').mockResolvedValue({})
    await show()
    await userEvent.type(await screen.findByLabelText('Username'), ' anna ')
    await userEvent.click(screen.getByRole('radio', { name: /^Can add/ }))
    await userEvent.click(screen.getByRole('button', { name: 'Share' }))
    expect(invite).toHaveBeenCalledWith(3, 'anna', 'editor')
    expect(await screen.findByText('anna is asked.')).toBeTruthy()
  })

  it('changes what somebody may do, with Undo', async () => {
    given([MIRA, JONAS])
    const change = vi.spyOn(api, 'changeRole').mockResolvedValue(JONAS)
    await show()
    await userEvent.selectOptions(await screen.findByRole('combobox'), 'Can add')
    expect(change).toHaveBeenCalledWith(3, 2, 'editor')
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(change).toHaveBeenLastCalledWith(3, 2, 'viewer'))
  })

  it('takes a share back, and Undo asks again', async () => {
    const people = given([MIRA, JONAS])
    vi.spyOn(api, 'removePerson').mockResolvedValue(undefined)
    const invite = vi.spyOn(api, 'invite').mockResolvedValue({})
    await show()
    people.mockResolvedValue({ items: [MIRA], next: null })
    await userEvent.click(await screen.findByRole('button', { name: 'Take back from jonas' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(invite).toHaveBeenCalledWith(3, 'jonas', 'viewer'))
  })

  it('asks before leaving, the focus on staying', async () => {
    given(
      [
        { ...JONAS, role: 'owner' },
        { ...MIRA, id: 5, role: 'editor' },
      ],
      aTracker({ role: 'editor', owner: 'jonas' }),
    )
    const remove = vi.spyOn(api, 'removePerson').mockResolvedValue(undefined)
    const { router } = await show()
    expect(screen.queryByLabelText('Username')).toBeNull()
    await userEvent.click(await screen.findByRole('button', { name: 'Leave' }))
    const question = within(screen.getByRole('dialog'))
    await waitFor(() => expect(document.activeElement?.textContent?.trim()).toBe('Stay'))
    expect(remove).not.toHaveBeenCalled()
    await userEvent.click(question.getByRole('button', { name: 'Leave' }))
    expect(remove).toHaveBeenCalledWith(3, 5)
    await waitFor(() => expect(router.currentRoute.value.path).toBe('/trackers'))
  })
})
