/** A clock that ticks while somebody looks: once a second, by the server's idea of now. */
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

import { serverNow } from '@/api/http'

export function useNow(everyMs = 1000): Readonly<Ref<number>> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return readonly(now)
}
