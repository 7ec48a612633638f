/** How hard a password is to guess, asked of the server half a second after the last key. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'

import { passwordStrength } from '@/api/account'
import type { PasswordStrength } from '@/api/types'

const PAUSE_MS = 500

/** `who` gives the username and e-mail address that a guesser would try first. */
export function useStrength(
  password: Ref<string>,
  who: () => { username?: string; email?: string },
) {
  const strength = ref<PasswordStrength | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0
  onScopeDispose(() => clearTimeout(timer))

  async function ask(): Promise<void> {
    const mine = ++turn
    const { username, email } = who()
    try {
      const answer = await passwordStrength(password.value, username, email)
      if (mine === turn) strength.value = answer
    } catch {
      // Help while typing only: the server judges again when the password is sent.
    }
  }
  watch(password, (text) => {
    clearTimeout(timer)
    turn++
    if (!text) strength.value = null
    else timer = setTimeout(() => void ask(), PAUSE_MS)
  })
  return strength
}
