/** The page's title, and the focus that a change of page moves to its heading. */
import { ref, watchEffect, type MaybeRefOrGetter, toValue } from 'vue'

/** True from a change of page until its heading has taken the focus; not on the first page. */
export const headingWanted = ref(false)

export function useTitle(title: MaybeRefOrGetter<string>): void {
  watchEffect(() => {
    const text = toValue(title)
    document.title = text ? `${text} · Tend` : 'Tend'
  })
}
