/** What the values say: figures, days and the picture of them. */
import { request, urlOf } from './http'
import type { ChartSize, ChartTheme, DayFigure, Page, Span, Stats } from './types'

export const getStats = (tracker: number, span: Span) =>
  request<Stats>(`trackers/${tracker}/stats`, { query: { ...span } })
export const getDays = (tracker: number, span: Span) =>
  request<Page<DayFigure>>(`trackers/${tracker}/days`, { query: { ...span } })
/** The address of the picture, for an <img>. */
export const chartUrl = (tracker: number, span: Span, size: ChartSize, theme: ChartTheme) =>
  urlOf(`trackers/${tracker}/chart.svg`, { ...span, size, theme })
