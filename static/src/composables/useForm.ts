/** A form's checking: on submit first, later on leaving a field; the server's words go to their fields. */
import { computed, nextTick, reactive, ref } from 'vue'

import { ApiProblem, saying } from '@/api/problem'
import type { FieldError } from '@/api/types'

export type Checks = Record<string, () => string | null | undefined>

export function useForm(checks: Checks, submit: () => Promise<void>) {
  const errors = reactive<Record<string, string>>({})
  const general = ref<string[]>([])
  const busy = ref(false)
  const tried = ref(false)
  let summary: { focus: () => void } | null = null
  const list = computed<FieldError[]>(() => [
    ...general.value.map((message) => ({ field: '', message })),
    ...Object.entries(errors).map(([field, message]) => ({ field, message })),
  ])

  function set(field: string, message: string | null | undefined): void {
    if (message) errors[field] = message
    else delete errors[field]
  }
  /** For @blur: only after the first try, so that nobody is corrected while starting to type. */
  function recheck(field: string): void {
    if (tried.value) set(field, checks[field]?.())
  }
  /** For @input: a message leaves as soon as it is no longer true. */
  function relax(field: string): void {
    if (errors[field] && !checks[field]?.()) set(field, null)
  }
  function take(problem: unknown): void {
    if (!(problem instanceof ApiProblem) || problem.errors.length === 0) {
      general.value = [saying(problem)].filter(Boolean)
      return
    }
    for (const { field, message } of problem.errors) {
      if (field in checks) set(field, message)
      else general.value.push(message)
    }
  }
  async function showErrors(): Promise<void> {
    await nextTick()
    if (list.value.length > 1 || general.value.length) summary?.focus()
    else document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }
  async function onSubmit(): Promise<void> {
    if (busy.value) return
    tried.value = true
    general.value = []
    for (const field of Object.keys(checks)) set(field, checks[field]!())
    if (list.value.length) return showErrors()
    busy.value = true
    try {
      await submit()
    } catch (problem) {
      take(problem)
      await showErrors()
    } finally {
      busy.value = false
    }
  }
  /** For <ErrorSummary :ref="form.summary">: it gets the focus when there is more than one thing to say. */
  function setSummary(at: unknown): void {
    summary = at as typeof summary
  }
  return { errors, general, list, busy, summary: setSummary, recheck, relax, set, onSubmit }
}
