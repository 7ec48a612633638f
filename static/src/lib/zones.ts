/** Time zones: the list to choose from, and whether two of them show the same clock. Pure. */
import { dateFormat } from './intl'

export interface Region {
  name: string
  zones: string[]
}
/** Every zone the browser knows, by region, with `current` among them whatever it is. */
export function regions(current: string): Region[] {
  const all = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', current])
  const found = new Map<string, string[]>()
  for (const zone of [...all].sort()) {
    const name = zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'Others'
    found.set(name, [...(found.get(name) ?? []), zone])
  }
  return [...found].map(([name, zones]) => ({ name, zones }))
}
/** "America/Argentina/Buenos_Aires" as people read it. */
export const zoneWords = (zone: string) => zone.replaceAll('_', ' ')

function clock(zone: string, at: Date): string {
  return dateFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at)
}
/** Whether a clock in both zones shows the same now; a zone nobody knows shows no other. */
export function sameClock(one: string, other: string, at = new Date()): boolean {
  if (one === other) return true
  try {
    return clock(one, at) === clock(other, at)
  } catch {
    return true
  }
}
