/** Whether somebody is being asked to show once more that it is them, and who waits for the answer. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import type { ProofMethod } from '@/api/types'

export const useProof = defineStore('proof', () => {
  /** By what they can; null while nobody is asked. */
  const wanted = shallowRef<ProofMethod[] | null>(null)
  let settle: (shown: boolean) => void = () => undefined

  function ask(methods: ProofMethod[]): Promise<boolean> {
    answer(false)
    wanted.value = methods
    return new Promise((done) => (settle = done))
  }
  function answer(shown: boolean): void {
    wanted.value = null
    settle(shown)
  }
  return { wanted, ask, answer }
})
