/** Logs, the page Today made of them, and what was deleted in the last 30 days. */
import { newKey, request, type Request } from './http'
import type { DeletedThing, Log, LogChange, NewLog, Page, Today } from './types'

type Act = Pick<Request, 'onWait' | 'key'>
export interface LogFilter extends Record<string, string | number | undefined> {
  after?: string
  limit?: number
  from?: string
  to?: string
  q?: string
  state?: 'active' | 'deleted'
}

export const getToday = (day?: string) => request<Today>('today', { query: { day } })

export const getLogs = (tracker: number, query: LogFilter = {}) =>
  request<Page<Log>>(`trackers/${tracker}/logs`, { query })
export const addLog = (tracker: number, body: NewLog, act: Act = {}) =>
  request<Log>(`trackers/${tracker}/logs`, { method: 'POST', body, key: newKey(), ...act })
export const getLog = (id: number) => request<Log>(`logs/${id}`)
export const changeLog = (id: number, body: LogChange, version?: number, act: Act = {}) =>
  request<Log>(`logs/${id}`, { method: 'PATCH', body, version, ...act })
export const deleteLog = (id: number, version?: number, act: Act = {}) =>
  request<undefined>(`logs/${id}`, { method: 'DELETE', version, ...act })
export const restoreLog = (id: number) =>
  request<Log>(`logs/${id}/restore`, { method: 'POST', key: newKey() })

export const getDeleted = () => request<Page<DeletedThing>>('deleted')
export const deleteForever = (type: DeletedThing['type'], id: number) =>
  request<undefined>(`deleted/${type}s/${id}`, { method: 'DELETE' })
