/** Data in and out: exports, imports and the jobs that carry them. */
import { newKey, request, urlOf } from './http'
import type { ConflictAnswer, ImportOptions, ImportRow, Job, Outcome, Page } from './types'

export const getJob = (id: number) => request<Job>(`jobs/${id}`)
export const cancelJob = (id: number) => request<Job>(`jobs/${id}/cancel`, { method: 'POST' })
export const jobFileUrl = (id: number) => urlOf(`jobs/${id}/file`)

export const getExports = () => request<Page<Job>>('exports')
export const startExport = (tracker_ids?: number[], key = newKey()) =>
  request<Job>('exports', { method: 'POST', body: { tracker_ids, format: 'csv' }, key })

export const getImports = () => request<Page<Job>>('imports')
export const getImport = (id: number) => request<Job>(`imports/${id}`)
export function startImport(file: File, tracker_id?: number, options?: ImportOptions) {
  const body = new FormData()
  body.set('file', file)
  if (tracker_id !== undefined) body.set('tracker_id', String(tracker_id))
  if (options) body.set('options', JSON.stringify(options))
  return request<Job>('imports', { method: 'POST', body, key: newKey() })
}
export const rereadImport = (
  id: number,
  body: { tracker_id?: number | null; options: ImportOptions },
) => request<Job>(`imports/${id}`, { method: 'PATCH', body })
export const getImportRows = (id: number, outcome: Outcome, after?: string, limit?: number) =>
  request<Page<ImportRow>>(`imports/${id}/rows`, { query: { outcome, after, limit } })
export const confirmImport = (
  id: number,
  body: { conflicts: ConflictAnswer; lines?: Record<string, ConflictAnswer> },
) => request<Job>(`imports/${id}/confirm`, { method: 'POST', body, key: newKey() })
export const undoImport = (id: number) =>
  request<Job>(`imports/${id}/undo`, { method: 'POST', key: newKey() })
export const rejectsUrl = (id: number) => urlOf(`imports/${id}/rejects`)
