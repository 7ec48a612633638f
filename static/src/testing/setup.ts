/** What the test browser lacks, and a clean page for each test. */
import { afterEach, beforeEach, vi } from 'vitest'
import { cleanup } from '@testing-library/vue'
import { createPinia, setActivePinia } from 'pinia'

// Nothing is drawn here: what waits for a frame goes on at once.
vi.mock('@/lib/frame', () => ({ afterFrame: vi.fn(() => Promise.resolve()) }))

beforeEach(() => {
  setActivePinia(createPinia())
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
