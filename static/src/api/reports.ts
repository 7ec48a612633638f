/** Reports: asked for, read, taken along, mailed again. */
import { newKey, request, urlOf } from './http'
import type {
  ChartSize,
  ChartTheme,
  Delivery,
  NewReport,
  Page,
  Report,
  ReportFormat,
  WholeReport,
} from './types'

const at = (id: number, rest = '') => `reports/${id}${rest}`

export const getReports = (
  query: { state?: 'active' | 'deleted'; after?: number; limit?: number } = {},
) => request<Page<Report, number | null>>('reports', { query })
export const makeReport = (body: NewReport, key = newKey()) =>
  request<Report>('reports', { method: 'POST', body, key })
export const getReport = (id: number) => request<WholeReport>(at(id))
export const deleteReport = (id: number) => request<undefined>(at(id), { method: 'DELETE' })
export const restoreReport = (id: number) =>
  request<Report>(at(id, '/restore'), { method: 'POST', key: newKey() })
export const mailReport = (id: number) =>
  request<Delivery>(at(id, '/mail'), { method: 'POST', key: newKey() })
export const reportFileUrl = (id: number, format: ReportFormat) =>
  urlOf(at(id, '/file'), { format })
/** The picture of a report's row, drawn from what was counted then: it never changes. */
export const reportChartUrl = (id: number, chart: number, size: ChartSize, theme: ChartTheme) =>
  urlOf(at(id, `/charts/${chart}.svg`), { size, theme })
