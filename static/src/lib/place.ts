/** Where a menu goes: below its button, right edges together, above it when there is no room, always on the screen. */
const GAP = 4
const EDGE = 8

export function placeBelow(anchor: HTMLElement, floating: HTMLElement): void {
  const from = anchor.getBoundingClientRect()
  const size = floating.getBoundingClientRect()
  const below = from.bottom + GAP
  const fits = below + size.height <= innerHeight - EDGE
  const top = fits ? below : Math.max(EDGE, from.top - GAP - size.height)
  const left = Math.min(Math.max(EDGE, from.right - size.width), innerWidth - EDGE - size.width)
  floating.style.top = `${top}px`
  floating.style.left = `${Math.max(EDGE, left)}px`
}
