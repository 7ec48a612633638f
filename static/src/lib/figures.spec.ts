import { describe, expect, it } from 'vitest'

import type { NumberStats } from '@/api/types'

import { chartSentence, figuresOf, nothingIn } from './figures'

const LOCALE = { language: 'en-GB', zone: 'Europe/Vienna', today: '2026-11-21' }
const WATER = { name: 'Water', kind: 'numerical' as const, unit: 'l' }
const base = {
  range: '30d' as const,
  from: '2026-10-23',
  to: '2026-11-21',
  days: 30,
  days_logged: 26,
  count: 26,
}
const stats = (more: Partial<NumberStats> = {}): NumberStats => ({
  ...base,
  kind: 'numerical',
  min: 1.1,
  max: 2.3,
  mean: 1.6192,
  median: 1.6,
  total: 42.1,
  by_day: { min: 1.1, max: 2.3, mean: 1.6192, median: 1.6 },
  ...more,
})
const said = (...given: Parameters<typeof figuresOf>) =>
  figuresOf(...given).map((each) => [each.name, each.value, each.unit].filter(Boolean).join(' '))

describe('figures', () => {
  it('says a number with its unit', () => {
    expect(said(WATER, stats(), LOCALE)).toEqual([
      'Days logged 26 of 30',
      'Mean 1.62 l',
      'Median 1.6 l',
      'Lowest 1.1 l',
      'Highest 2.3 l',
      'Total 42.1 l',
    ])
  })
  it('tells entries and days apart when a day has several', () => {
    const mean = figuresOf(WATER, stats({ count: 52, mean: 0.8 }), LOCALE)[1]
    expect(mean).toMatchObject({ value: '0.8', beside: '1.62\u00a0l a day' })
  })
  it('has dashes where nothing was logged', () => {
    const none = stats({
      days_logged: 0,
      count: 0,
      min: null,
      max: null,
      mean: null,
      median: null,
      total: 0,
    })
    expect(said(WATER, none, LOCALE)).toEqual([
      'Days logged 0 of 30',
      'Mean –',
      'Median –',
      'Lowest –',
      'Highest –',
      'Total –',
    ])
  })
  it('says durations as durations', () => {
    const walk = { name: 'Walk', kind: 'time_duration' as const, unit: '' }
    expect(said(walk, stats({ mean: 28560 }), LOCALE)[1]).toBe('Mean 7\u00a0h 56\u00a0min')
  })
  it('says yes and no, and the days in a row', () => {
    const yes = { name: 'Pills', kind: 'boolean' as const, unit: '' }
    const share = { yes: 20, no: 6, share: 20 / 26, yes_days: 20, no_days: 6 }
    const answer = { ...base, kind: yes.kind, ...share, streak: 1, best_streak: 14 }
    expect(said(yes, answer, LOCALE)).toEqual([
      'Days logged 26 of 30',
      'Yes 20',
      'No 6',
      'Share of Yes 77%',
      'In a row now 1 day',
      'Longest in a row 14 days',
    ])
  })
  it('names all choices that tie', () => {
    const mood = { name: 'Mood', kind: 'multiple_choice' as const, unit: '' }
    const used = { most_used: ['Calm', 'Good'], least_used: ['Low'] }
    const answer = { ...base, kind: mood.kind, choices: [], ...used }
    expect(said(mood, answer, LOCALE).slice(2)).toEqual(['Most Calm, Good', 'Least Low'])
  })
  it('names three of many choices that tie', () => {
    const mood = { name: 'Mood', kind: 'multiple_choice' as const, unit: '' }
    const used = { most_used: ['Calm'], least_used: ['Low', 'Flat', 'Good', 'Dull', 'Sad'] }
    const answer = { ...base, kind: mood.kind, choices: [], ...used }
    expect(said(mood, answer, LOCALE).at(-1)).toBe('Least Low, Flat, Good and 2 more')
  })
  it('makes one sentence of the picture', () => {
    expect(chartSentence(WATER, stats(), LOCALE)).toBe(
      'Water by day, 23 Oct to 21 Nov: 1.1\u00a0l to 2.3\u00a0l, mean 1.62\u00a0l, 26 of 30 days',
    )
    expect(nothingIn({ range: '30d' }, 30, 'en')).toBe('Nothing in these 30 days.')
  })
})
