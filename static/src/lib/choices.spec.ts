import { describe, expect, it } from 'vitest'

import { choicesProblem, linesOf, moved, newDraft, written } from './choices'

const drafts = (...labels: string[]) => labels.map((label) => newDraft(label))

describe('the list of choices', () => {
  it('takes several lines as several choices, without their bullets', () => {
    expect(linesOf('- Calm\r\n* Good\n\n 3. Flat \n4 apples')).toEqual([
      'Calm',
      'Good',
      'Flat',
      '4 apples',
    ])
  })
  it('wants two, and no two alike', () => {
    expect(choicesProblem(drafts('Calm', ' '))).toBe('Write at least two choices.')
    expect(choicesProblem(drafts('Calm', 'calm '))).toBe('You already have a choice called calm.')
    expect(choicesProblem(drafts('Calm', 'Good', ''))).toBeNull()
    expect(choicesProblem(drafts('Calm', 'x'.repeat(61)))).toContain('too long')
  })
  it('leaves out what is empty, and moves', () => {
    expect(written(drafts(' Calm ', '')).map((draft) => draft.label)).toEqual(['Calm'])
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
  })
})
