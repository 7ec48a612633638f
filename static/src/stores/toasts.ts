/** One message at a time at the foot of the page, and the last ten acts that can be undone. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

export interface ToastAction {
  label: string
  run: () => unknown
}
export interface Toast {
  id: number
  text: string
  /** What a screen reader hears instead of the text, when that should be more. */
  spoken?: string
  actions: ToastAction[]
  /** The control that was pressed: the toast's buttons follow it in tab order. */
  opener: HTMLElement | null
}
interface Offer {
  text: string
  spoken?: string
  undo?: () => unknown
  actions?: ToastAction[]
}
const KEPT = 10

export const useToasts = defineStore('toasts', () => {
  const current = shallowRef<Toast | null>(null)
  const undone: { id: number; run: () => unknown }[] = []
  const undoable = ref(0)
  let next = 1

  /** What has no words (an act that the person stopped themselves) is not shown. */
  function show({ text, spoken, undo, actions = [] }: Offer): number {
    const id = next++
    if (!text) return id
    const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null
    const buttons = [...actions]
    if (undo) {
      undone.push({ id, run: undo })
      if (undone.length > KEPT) undone.shift()
      undoable.value = undone.length
      buttons.push({ label: 'Undo', run: () => undoOne(id) })
    }
    current.value = { id, text, spoken, actions: buttons, opener }
    return id
  }
  function close(id?: number): void {
    if (id === undefined || current.value?.id === id) current.value = null
  }
  /** An act that came to nothing can no longer be undone. */
  function forget(id: number): void {
    const at = undone.findIndex((entry) => entry.id === id)
    if (at >= 0) undone.splice(at, 1)
    undoable.value = undone.length
    close(id)
  }
  async function undoOne(id: number): Promise<void> {
    const entry = undone.find((each) => each.id === id)
    forget(id)
    await entry?.run()
  }
  /** The `z` key: the latest of the last ten, message still there or not. */
  async function undoLast(): Promise<boolean> {
    const entry = undone.at(-1)
    if (!entry) return false
    await undoOne(entry.id)
    return true
  }
  function clear(): void {
    undone.length = 0
    undoable.value = 0
    current.value = null
  }
  return { current, undoable, show, close, forget, undoLast, clear }
})
