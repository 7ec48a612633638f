/** What one press of + adds. Pure. */
import type { Tracker } from '@/api/types'

const STEPS = [100, 10, 5, 1, 0.5, 0.1, 0.01]
const LOOKED_AT = 10

/** The largest usual step that divides all of the last values, else 1. */
export function usualStep(values: readonly number[]): number {
  const last = values.slice(-LOOKED_AT).filter((value) => value !== 0)
  if (!last.length) return 1
  const divides = (step: number) => (value: number) =>
    Math.abs(value / step - Math.round(value / step)) < 1e-6
  return STEPS.find((step) => last.every(divides(step))) ?? 1
}
/** The tracker's own step, else found from the values it shows. */
export function stepOf(tracker: Pick<Tracker, 'step' | 'last_value' | 'last_days'>): number {
  if (tracker.step) return tracker.step
  const shown = [...(tracker.last_days ?? []).map((day) => day.value), tracker.last_value]
  return usualStep(shown.filter((value): value is number => typeof value === 'number'))
}
