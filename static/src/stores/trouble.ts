/** What keeps a whole page from being shown, and whether a newer release waits. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { getAbout } from '@/api/account'
import { ApiProblem } from '@/api/problem'

export interface Failure {
  kind: 'crash' | 'unreachable' | 'updated'
  reference: string | null
  /** Where the person wanted to go. */
  path: string
}
const ASK_EVERY_MS = 5 * 60_000
/** What the page's own files belong to, written into it by the server. */
const release = () => document.documentElement.dataset.release

/** Fetching a page's code failed (its words differ by browser), or its styles (the words are Vite's). */
export const isMissingFile = (error: unknown) =>
  (error instanceof TypeError && /import|module/i.test(error.message)) ||
  (error instanceof Error && error.message.startsWith('Unable to preload CSS'))

export const useTrouble = defineStore('trouble', () => {
  const failure = shallowRef<Failure | null>(null)
  const updated = ref(false)
  let askedAt = Date.now()

  function kindOf(error: unknown): Failure['kind'] {
    if (isMissingFile(error)) return navigator.onLine ? 'updated' : 'unreachable'
    return error instanceof ApiProblem && error.unreachable ? 'unreachable' : 'crash'
  }
  function fail(error: unknown, path: string): void {
    const reference = error instanceof ApiProblem ? error.reference : null
    failure.value = { kind: kindOf(error), reference, path }
  }
  function clear(): void {
    failure.value = null
  }
  /** Asked when somebody comes back to the page; it never reloads by itself. */
  async function lookForUpdate(): Promise<void> {
    if (!release() || updated.value || Date.now() - askedAt < ASK_EVERY_MS) return
    askedAt = Date.now()
    try {
      updated.value = (await getAbout()).release !== release()
    } catch {
      // Asked again the next time.
    }
  }
  return { failure, updated, fail, clear, lookForUpdate }
})
