/** Who is signed in, and what leaving and arriving mean for the page. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import * as api from '@/api/account'
import { isProblem } from '@/api/problem'
import type { Account, AccountChange, Registration, Step } from '@/api/types'
import { dropDrafts } from '@/lib/drafts'
import { useDisplay } from '@/stores/display'

export const useAccount = defineStore('account', () => {
  const account = ref<Account | null>(null)
  const known = ref(false)
  /** They went on purpose: whatever was still under way must not ask for a way back. */
  const left = ref(false)
  /** The password was right, and something more is wanted before they are in. */
  const step = shallowRef<Step | null>(null)
  const signedIn = computed(() => account.value !== null)

  function take(answer: Account | null): void {
    account.value = answer
    known.value = true
    step.value = null
    if (answer) left.value = false
  }
  /** What signing in was answered with: the account, or what it still wants. */
  function takeStep(answer: Account | Step): void {
    if ('next' in answer) step.value = answer
    else take(answer)
  }
  /** Asks once who this is; not being signed in is an answer, a silent server is an error. */
  async function load(again = false): Promise<void> {
    if (known.value && !again) return
    try {
      take(await api.getAccount(true))
    } catch (error) {
      if (isProblem(error) && error.wantsFactor) lackFactor()
      else if (isProblem(error, 401)) take(null)
      else throw error
    }
  }
  /** Signed in, and yet not in before a second factor is set up: asked of everybody here. */
  function lackFactor(): void {
    take(null)
    step.value = { next: 'set_up', methods: [] }
  }
  /** A sign-in that is half open ends in the browser too: the next one here must not go on with it. */
  let ending: Promise<unknown> = Promise.resolve()
  function startAgain(): void {
    step.value = null
    ending = api.logout().catch(() => undefined)
  }
  async function signIn(identity: string, password: string): Promise<void> {
    await ending // else its answer could take the cookie of this one away
    takeStep(await api.login(identity, password))
  }
  async function signUp(registration: Registration): Promise<void> {
    takeStep(await api.register(registration))
  }
  async function signOut(): Promise<void> {
    left.value = true
    try {
      await api.logout()
    } catch (error) {
      left.value = false
      throw error
    }
    leave()
  }
  /** What stays behind when somebody goes on purpose: nothing. */
  function leave(): void {
    left.value = true
    dropDrafts()
    useDisplay().keep()
    take(null)
  }
  async function change(body: AccountChange): Promise<void> {
    take(await api.changeAccount(body))
  }
  return {
    account,
    known,
    left,
    step,
    signedIn,
    take,
    lackFactor,
    startAgain,
    load,
    signIn,
    signUp,
    signOut,
    leave,
    change,
  }
})
