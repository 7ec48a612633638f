/** How this device shows things: theme, clock, messages, shortcuts. Kept here, not in the account. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
interface Wishes {
  theme: Theme
  clock: 'language' | '24' | '12'
  keepMessages: boolean
  shortcuts: boolean
}
const STORED = 'tend.display'
const DEFAULTS: Wishes = {
  theme: 'system',
  clock: 'language',
  keepMessages: false,
  shortcuts: true,
}

function load(): Wishes {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Wishes>) }
  } catch {
    return { ...DEFAULTS }
  }
}

export const useDisplay = defineStore('display', () => {
  const wishes = reactive(load())
  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (event) => (systemDark.value = event.matches))

  const theme = computed<'light' | 'dark'>(() => {
    if (wishes.theme !== 'system') return wishes.theme
    return systemDark.value ? 'dark' : 'light'
  })
  const clock24 = computed(() => (wishes.clock === 'language' ? undefined : wishes.clock === '24'))

  watch(theme, (now) => document.documentElement.setAttribute('data-bs-theme', now), {
    immediate: true,
  })
  watch(wishes, keep)
  /** Also after signing out, with which the browser forgets all that it stored. No wish, no trace. */
  function keep(): void {
    const usual = JSON.stringify(wishes) === JSON.stringify(DEFAULTS)
    try {
      if (usual) localStorage.removeItem(STORED)
      else localStorage.setItem(STORED, JSON.stringify(wishes))
    } catch {
      // Storage may be forbidden; the wish then lasts as long as the page.
    }
  }
  return { wishes, theme, clock24, keep }
})
