import { expect, it } from 'vitest'

import { aTracker } from '@/testing/trackers'

import { stepOf, usualStep } from './steps'

it('finds the step that divides the last values', () => {
  expect(usualStep([1.5, 2, 0.5])).toBe(0.5)
  expect(usualStep([200, 300])).toBe(100)
  expect(usualStep([71.25])).toBe(0.01)
  expect(usualStep([])).toBe(1)
})
it('takes the step of the tracker first', () => {
  expect(stepOf(aTracker({ step: 2, last_value: 0.3 }))).toBe(2)
  expect(stepOf(aTracker({ step: null, last_value: 0.3 }))).toBe(0.1)
})
