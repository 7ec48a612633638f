/** Making a passkey: the server's wish, the device's answer, and what became of it. */
import { ref } from 'vue'

import { addPasskey, askNewPasskey } from '@/api/factors'
import { ApiProblem } from '@/api/problem'
import { createPasskey, passkeyTrouble } from '@/lib/passkeys'

export function useNewPasskey() {
  const busy = ref(false)

  /** Raises ApiProblem, with the device's own refusal in words. */
  async function add(name: string) {
    if (busy.value) return null
    busy.value = true
    try {
      const { options, state } = await askNewPasskey(name)
      return await addPasskey(state, await createPasskey(options))
    } catch (error) {
      const detail = passkeyTrouble(error)
      throw detail ? new ApiProblem({ status: 400, detail }) : error
    } finally {
      busy.value = false
    }
  }
  return { busy, add }
}
