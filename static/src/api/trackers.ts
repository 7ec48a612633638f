/** Trackers, their choices, the people they are shared with, invitations and timers. */
import { newKey, request, type Request } from './http'
import type {
  Choice,
  Invitation,
  Log,
  NewTracker,
  Page,
  Person,
  Role,
  Timer,
  Tracker,
  TrackerChange,
  TrackerType,
} from './types'

const at = (id: number, rest = '') => `trackers/${id}${rest}`

export const getTypes = () => request<Page<TrackerType>>('tracker-types')
export const getTrackers = (
  query: { state?: 'active' | 'archived' | 'deleted'; after?: string; limit?: number } = {},
) => request<Page<Tracker>>('trackers', { query })
export const getTracker = (id: number) => request<Tracker>(at(id))
export const createTracker = (body: NewTracker, key = newKey()) =>
  request<Tracker>('trackers', { method: 'POST', body, key })
export const changeTracker = (id: number, body: TrackerChange, version?: number) =>
  request<Tracker>(at(id), { method: 'PATCH', body, version })
export const deleteTracker = (id: number, version?: number) =>
  request<{ id: number; name: string; log_count: number }>(at(id), { method: 'DELETE', version })
export const restoreTracker = (id: number) =>
  request<Tracker>(at(id, '/restore'), { method: 'POST', key: newKey() })

export const getChoices = (id: number) => request<Page<Choice>>(at(id, '/choices'))
export const addChoice = (id: number, label: string, key = newKey()) =>
  request<Choice>(at(id, '/choices'), { method: 'POST', body: { label }, key })
/** The whole list in its order; a choice left out is archived when used, else deleted. */
export const putChoices = (id: number, choices: { id?: number; label: string }[]) =>
  request<Page<Choice>>(at(id, '/choices'), { method: 'PUT', body: { choices } })
export const changeChoice = (
  id: number,
  choice: number,
  body: { label?: string; position?: number; archived?: boolean },
) => request<Choice>(at(id, `/choices/${choice}`), { method: 'PATCH', body })
export const deleteChoice = (id: number, choice: number) =>
  request<Choice>(at(id, `/choices/${choice}`), { method: 'DELETE' })

export const getPeople = (id: number) => request<Page<Person>>(at(id, '/people'))
export const invite = (id: number, username: string, role: Role) =>
  request<Record<string, never>>(at(id, '/people'), { method: 'POST', body: { username, role } })
export const changeRole = (id: number, link: number, role: Role) =>
  request<Person>(at(id, `/people/${link}`), { method: 'PATCH', body: { role } })
export const removePerson = (id: number, link: number) =>
  request<undefined>(at(id, `/people/${link}`), { method: 'DELETE' })

export const getInvitations = () => request<Page<Invitation>>('invitations')
export const acceptInvitation = (id: number) =>
  request<Tracker>(`invitations/${id}/accept`, { method: 'POST', key: newKey() })
export const declineInvitation = (id: number) =>
  request<undefined>(`invitations/${id}`, { method: 'DELETE' })

type Act = Pick<Request, 'onWait'>
export const getTimers = () => request<Page<Timer>>('timers')
export const startTimer = (id: number, act: Act = {}) =>
  request<Timer>(at(id, '/timer'), { method: 'POST', key: newKey(), ...act })
export const stopTimer = (id: number, act: Act = {}) =>
  request<Log>(at(id, '/timer'), { method: 'DELETE', ...act })
export const dropTimer = (id: number) =>
  request<undefined>(at(id, '/timer'), { method: 'DELETE', query: { discard: true } })
