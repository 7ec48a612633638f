/** Single keys, and two after one another ("g t"): never inside a field, and only when wished for. */
import { onBeforeUnmount, onMounted } from 'vue'

import { useDisplay } from '@/stores/display'

export type Keys = Record<string, (event: KeyboardEvent) => unknown>
const SECOND_KEY_MS = 1200

export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  return target.matches('input:not([type=checkbox], [type=radio], [type=button])')
}

/** Returning false from a handler means "not mine": the key keeps its usual meaning. */
export function useShortcuts(keys: Keys): void {
  const display = useDisplay()
  let first = ''
  let firstAt = 0

  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (
      !display.wishes.shortcuts ||
      inField(event.target) ||
      document.querySelector('dialog[open]')
    ) {
      return
    }
    const pair = Date.now() - firstAt < SECOND_KEY_MS ? `${first} ${event.key}` : ''
    const handler = keys[pair] ?? (first && pair ? undefined : keys[event.key])
    first = event.key
    firstAt = Object.keys(keys).some((name) => name.startsWith(`${event.key} `)) ? Date.now() : 0
    if (handler && handler(event) !== false) event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', pressed))
  onBeforeUnmount(() => document.removeEventListener('keydown', pressed))
}
