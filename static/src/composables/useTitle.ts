/** The page's title, and the focus that a change of page moves to its heading. */
import { inject, ref, watchEffect, type InjectionKey, type MaybeRefOrGetter, toValue } from 'vue'

/** True from a change of page until its heading has taken the focus; not on the first page. */
export const headingWanted = ref(false)

/** Set over a page that only stands behind a dialog: it names nothing and takes no focus. */
export const BACKGROUND: InjectionKey<boolean> = Symbol('background')

export function useTitle(title: MaybeRefOrGetter<string>): void {
  if (inject(BACKGROUND, false)) return
  watchEffect(() => {
    const text = toValue(title)
    document.title = text ? `${text} · Tend` : 'Tend'
  })
}
