/** Loading something with its states: what came, whether it takes long, what failed, and trying again. */
import { onScopeDispose, ref, shallowRef, type Ref } from 'vue'

export interface Load<T> {
  data: Ref<T | null>
  error: Ref<unknown>
  loading: Ref<boolean>
  reload: () => Promise<void>
}
/** What was loaded stays while it is loaded again; an answer overtaken by a later question is dropped. */
export function useLoad<T>(ask: () => Promise<T>, { immediate = true } = {}): Load<T> {
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  let turn = 0
  onScopeDispose(() => turn++)

  async function reload(): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = null
    try {
      const answer = await ask()
      if (mine === turn) data.value = answer
    } catch (problem) {
      if (mine === turn) error.value = problem
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  if (immediate) void reload()
  return { data, error, loading, reload }
}
