/** What a file was taken for, as texts that selects can hold, and back to the API's options. */
import { computed, reactive, watch } from 'vue'

import type { ImportOptions, ImportResult, Kind } from '@/api/types'
import { guessesFor } from '@/lib/jobs'

type Guesses = Record<string, string>
const NUMBERS = new Set(['scale', 'unit_seconds'])

function asTexts(options: ImportOptions): Guesses {
  const entries = Object.entries(options).filter(([, value]) => value != null)
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
function asOption(name: string, text: string): string | number | boolean {
  if (NUMBERS.has(name)) return Number(text)
  return name === 'header' ? text === 'true' : text
}

export function useGuesses(result: () => ImportResult) {
  const guesses = reactive<Guesses>({})
  watch(
    () => result().options,
    (options) => Object.assign(guesses, asTexts(options)),
    { immediate: true },
  )
  const changed = computed(() => {
    const used = asTexts(result().options)
    return Object.keys(guesses).filter((name) => guesses[name] !== used[name])
  })
  /** The kind is a guess only where the file makes a tracker. */
  const makesOne = computed(() => result().trackers.some((tracker) => tracker.new))
  const shown = computed(() => {
    const kind = makesOne.value ? (guesses.kind as Kind | undefined) : result().trackers[0]?.kind
    const names = guessesFor(guesses.format, kind).filter((name) => name in guesses)
    return makesOne.value && guesses.format !== 'tend' && 'kind' in guesses
      ? ['kind', ...names]
      : names
  })
  /**
   * What the person said, besides what they leave as it was. When the format or the kind changes,
   * or the file goes `elsewhere`, the guesses that hang on it are left out and made anew.
   */
  function options(answers: Guesses = {}, elsewhere = false): ImportOptions {
    const said = new Set(changed.value)
    if (elsewhere) said.delete('kind')
    const anew = elsewhere || said.has('format') || said.has('kind') || said.has('encoding')
    const keep = Object.keys(guesses).filter(
      (name) => said.has(name) || (!anew && shown.value.includes(name)),
    )
    const all = { ...Object.fromEntries(keep.map((name) => [name, guesses[name]!])), ...answers }
    return Object.fromEntries(
      Object.entries(all).map(([name, text]) => [name, asOption(name, text)]),
    ) as ImportOptions
  }
  return { guesses, changed, shown, options }
}
