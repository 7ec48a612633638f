/** Whether there is room for two columns; the same border as in the style sheets. */
import { readonly, ref, type Ref } from 'vue'

const query = matchMedia('(min-width: 768px)')
const paper = matchMedia('print')
const wide = ref(query.matches)
query.addEventListener('change', (event) => {
  // A sheet of paper is narrower: what is printed keeps the shape it has on the screen.
  if (!paper.matches) wide.value = event.matches
})

export function useWide(): Readonly<Ref<boolean>> {
  return readonly(wide)
}
