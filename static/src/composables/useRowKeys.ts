/** j and k, or the arrows, from row to row: a row is whatever the selector finds, in the page's order. */
import { useShortcuts } from './useShortcuts'

export function useRowKeys(selector: string): void {
  function go(by: number): boolean {
    const rows = [...document.querySelectorAll<HTMLElement>(selector)]
    const at = rows.findIndex((row) => row.contains(document.activeElement))
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]
    if (!next) return false
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
    return true
  }
  /** The arrows scroll as always, until a row has the focus. */
  const inRow = (by: number) => (event: KeyboardEvent) =>
    !!(event.target as Element).closest(selector) && go(by)
  useShortcuts({ j: () => go(1), k: () => go(-1), ArrowDown: inRow(1), ArrowUp: inRow(-1) })
}
