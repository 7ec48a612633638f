/** What the values say: figures, days and the picture of them. */
import { request } from './http'
import type { ChartSize, ChartTheme, DayFigure, Page, Span, Stats } from './types'

export const getStats = (tracker: number, span: Span) =>
  request<Stats>(`trackers/${tracker}/stats`, { query: { ...span } })
export const getDays = (tracker: number, span: Span) =>
  request<Page<DayFigure>>(`trackers/${tracker}/days`, { query: { ...span } })
/**
 * The picture, as the source of an <img>. Fetched rather than pointed at: a browser does not ask again for
 * an address that it has shown on the same page, and the picture changes with every entry.
 */
export async function getChart(
  tracker: number,
  span: Span,
  size: ChartSize,
  theme: ChartTheme,
): Promise<string> {
  const query = { ...span, size, theme }
  const svg = await request<string>(`trackers/${tracker}/chart.svg`, { query })
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
