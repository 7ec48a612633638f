/** A section of the settings: its form, and "Saved" beside its button until something is changed again. */
import { reactive, ref } from 'vue'

import { useForm, type Checks } from './useForm'

export function useSection(checks: Checks, save: () => Promise<void>) {
  const saved = ref(false)
  const { summary, ...form } = useForm(checks, async () => {
    saved.value = false
    await save()
    saved.value = true
  })
  return reactive({
    ...form,
    saved,
    /** For @input and @change: what is on the screen is no longer what was saved. */
    touched: () => void (saved.value = false),
    /** For :ref of the error summary. */
    bind: summary,
  })
}
export type Section = ReturnType<typeof useSection>
