/** Whether the device believes it has a network. */
import { readonly, ref } from 'vue'

const online = ref(navigator.onLine)
addEventListener('online', () => (online.value = true))
addEventListener('offline', () => (online.value = false))

export const OFFLINE = 'You are offline. Logging waits until you are back.'
export function useOnline() {
  return readonly(online)
}
