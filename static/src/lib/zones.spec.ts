import { describe, expect, it } from 'vitest'

import { regions, sameClock, zoneWords } from './zones'

describe('time zones', () => {
  it('offers every zone by region, and the one that is set even when the browser lacks it', () => {
    const found = regions('Mars/Olympus')
    expect(found.find((region) => region.name === 'Europe')?.zones).toContain('Europe/Vienna')
    expect(found.find((region) => region.name === 'Mars')?.zones).toEqual(['Mars/Olympus'])
  })
  it('tells zones apart by their clock, not by their name', () => {
    expect(sameClock('Europe/Vienna', 'Europe/Berlin')).toBe(true)
    expect(sameClock('Europe/Vienna', 'Asia/Tokyo')).toBe(false)
    expect(sameClock('Europe/Vienna', 'Mars/Olympus')).toBe(true)
  })
  it('writes a zone with spaces', () =>
    expect(zoneWords('America/New_York')).toBe('America/New York'))
})
