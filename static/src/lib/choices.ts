/** The list of choices while it is being edited: pure. */
import type { Choice } from '@/api/types'

export interface ChoiceDraft {
  /** For the list's rows; a new choice has no id of its own yet. */
  key: number
  id?: number
  label: string
  uses: number
}
export const CHOICES_LEAST = 2
export const CHOICE_LENGTH = 60
let nextKey = 1

export const newDraft = (label = ''): ChoiceDraft => ({ key: nextKey++, label, uses: 0 })
export const draftFrom = (choice: Choice): ChoiceDraft => ({
  ...newDraft(choice.label),
  id: choice.id,
  uses: choice.uses ?? 0,
})
/** Several lines pasted are several choices; bullets and numbers before them are not part of them. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/^\s*(?:[-*•]\s+|\d+[.)]\s+)/, '').trim())
    .filter(Boolean)
export const written = (drafts: readonly ChoiceDraft[]) =>
  drafts.map((draft) => ({ ...draft, label: draft.label.trim() })).filter((draft) => draft.label)

export function choicesProblem(drafts: readonly ChoiceDraft[]): string | null {
  const labels = written(drafts).map((draft) => draft.label)
  const seen = new Set<string>()
  for (const label of labels) {
    const alike = label.normalize('NFKC').toLowerCase()
    if (seen.has(alike)) return `You already have a choice called ${label}.`
    seen.add(alike)
  }
  const long = labels.find((label) => [...label].length > CHOICE_LENGTH)
  if (long)
    return `“${[...long].slice(0, 20).join('')}…” is too long; ${CHOICE_LENGTH} letters fit.`
  return labels.length < CHOICES_LEAST ? 'Write at least two choices.' : null
}
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}
