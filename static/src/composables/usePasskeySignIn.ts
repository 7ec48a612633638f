/** Signing in with a passkey: by the button, or chosen from the suggestions of the name's field. */
import { onScopeDispose, ref } from 'vue'

import { saying } from '@/api/problem'
import { askPasskey, sendPasskey } from '@/api/signin'
import type { Account } from '@/api/types'
import { passkeyTrouble, suggestsPasskeys, usePasskey } from '@/lib/passkeys'

export function usePasskeySignIn(arrived: (account: Account) => unknown) {
  const busy = ref(false)
  const problem = ref<string | null>(null)
  let waiting: AbortController | null = null
  /** A browser asks for one passkey at a time: what waits in the suggestions makes way. */
  function stop(): void {
    waiting?.abort()
    waiting = null
  }
  onScopeDispose(stop)

  async function press(): Promise<void> {
    if (busy.value) return
    stop()
    busy.value = true
    problem.value = null
    try {
      const { options, state } = await askPasskey()
      await arrived(await sendPasskey(state, await usePasskey(options)))
    } catch (error) {
      problem.value = passkeyTrouble(error) ?? saying(error)
    } finally {
      busy.value = false
    }
  }
  /** Asked for when the name is about to be written, not with the page: a visit costs nothing. */
  async function suggest(): Promise<void> {
    if (waiting || !(await suggestsPasskeys())) return
    const mine = (waiting = new AbortController())
    let chosen: unknown
    let state: string
    try {
      const asked = await askPasskey()
      state = asked.state
      chosen = await usePasskey(asked.options, { conditional: true, signal: mine.signal })
    } catch {
      return // a suggestion that comes to nothing is no trouble
    }
    try {
      await arrived(await sendPasskey(state, chosen))
    } catch (error) {
      problem.value = saying(error)
    }
  }
  return { busy, problem, press, suggest, stop }
}
