/** Notes written before their entry, kept for as long as the tab: a reload or a crash takes none away. */

const STORED = 'tend.drafts'
type Drafts = Record<number, string>

/** Only who wrote them gets them back: the tab may have changed hands. */
export function readDrafts(person: number | undefined): Drafts {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? '{}') as {
      person?: number
      notes?: Drafts
    }
    return kept.person === person ? (kept.notes ?? {}) : {}
  } catch {
    return {}
  }
}
export const dropDrafts = () => writeDrafts(undefined, {})
export function writeDrafts(person: number | undefined, notes: Drafts): void {
  try {
    if (Object.keys(notes).length) sessionStorage.setItem(STORED, JSON.stringify({ person, notes }))
    else sessionStorage.removeItem(STORED)
  } catch {
    // Storage may be forbidden; the notes then last as long as the page.
  }
}
