import { describe, expect, it } from 'vitest'

import { aJob, aResult } from '@/testing/jobs'

import type { Locale } from './format'
import { details, headline, stateWords } from './imports'
import { broughtBy, guessesFor, phaseOf, sizeWords, stepOf, untilWords } from './jobs'

const locale: Locale = {
  language: 'en-GB',
  zone: 'Europe/Vienna',
  clock24: true,
  today: '2026-11-21',
}

describe('where an import stands', () => {
  it.each([
    [aJob({ state: 'queued' }), 'reading', 2],
    [aJob({ state: 'preview' }), 'look', 2],
    [aJob({ step: 'confirm' }), 'working', 3],
    [aJob({ step: 'undo' }), 'undoing', 3],
    [aJob({ state: 'done' }), 'done', 4],
    [aJob({ state: 'cancelled' }), 'stopped', 4],
  ] as const)('%#: is at %s', (job, phase, step) => {
    expect(phaseOf(job)).toBe(phase)
    expect(stepOf(phaseOf(job))).toBe(step)
  })
})

describe('what would be brought in', () => {
  const counts = { new: 812, same: 5, conflict: 3, bad: 2 }
  it.each([
    ['keep', {}, 812, 0],
    ['replace', {}, 815, 3],
    ['replace', { '4': 'keep' }, 814, 2],
    ['keep', { '4': 'both', '5': 'replace' }, 814, 1],
  ] as const)('%s with %o is %i entries', (forAll, lines, all, taken) =>
    expect(broughtBy(counts, forAll, lines)).toEqual({ all, taken }),
  )
})

describe('words', () => {
  it.each([
    [120, '0.1 kB'],
    [48_200, '48 kB'],
    [4_820_000, '4.8 MB'],
  ])('%i bytes are %s', (bytes, text) =>
    expect(sizeWords(bytes, 'en').replace('\u00a0', ' ')).toBe(text),
  )
  it.each([
    ['2026-11-21T14:00:00+01:00', 'today 14:00'],
    ['2026-11-22T14:00:00+01:00', 'tomorrow 14:00'],
    ['2026-11-25T14:00:00+01:00', 'Wed 25 Nov 14:00'],
  ])('%s is %s', (instant, text) => expect(untilWords(instant, locale)).toBe(text))

  it('says what an import did', () => {
    const result = aResult({ written: 812, counts: { new: 811, same: 1, conflict: 1, bad: 2 } })
    const job = aJob({ state: 'done', result })
    expect(headline(job, 'en')).toBe('812 entries brought in.')
    expect(details(job, 'en')).toEqual(['1 line was here already.', '2 lines left out.'])
    expect(stateWords(job, 'en')).toBe('812 entries brought in')
  })
  it('says what an undo took back and what it left', () => {
    const result = aResult({ undo: { removed: 808, kept: 4, restored: 0 } })
    const job = aJob({ state: 'undone', result })
    expect(headline(job, 'en')).toBe('808 entries taken back.')
    expect(details(job, 'en')).toEqual(['4 entries left as you changed it since.'])
  })
  it('asks about an own export only what it leaves open', () => {
    expect(guessesFor('tend', 'numerical')).toEqual(['format', 'encoding'])
    expect(guessesFor('plain', 'boolean')).not.toContain('decimal')
    expect(guessesFor('loop', 'time_duration')).toContain('unit_seconds')
  })
})
