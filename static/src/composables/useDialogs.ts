/** The dialogs that are open, the topmost last: what hangs over the page must stand inside that one to be reached. */
import { computed, shallowReactive } from 'vue'

const open = shallowReactive<HTMLElement[]>([])

export function useDialogs() {
  return {
    topmost: computed(() => open.at(-1)),
    opened: (dialog: HTMLElement) => open.push(dialog),
    closed: (dialog: HTMLElement) => open.splice(open.indexOf(dialog) >>> 0, 1),
  }
}
