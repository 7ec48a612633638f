/** What is said aloud to screen readers, besides what stands on the page. */
import { defineStore } from 'pinia'
import { nextTick, ref } from 'vue'

export const useAnnouncer = defineStore('announcer', () => {
  const polite = ref('')
  const assertive = ref('')

  /** Emptied first, since the same sentence twice would otherwise be silent. */
  async function say(text: string): Promise<void> {
    polite.value = ''
    await nextTick()
    polite.value = text
  }
  async function alert(text: string): Promise<void> {
    assertive.value = ''
    await nextTick()
    assertive.value = text
  }
  function clear(): void {
    polite.value = assertive.value = ''
  }
  return { polite, assertive, say, alert, clear }
})
