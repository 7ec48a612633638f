/** A tracker being made or changed: its drafts, its checks, and what is sent. */
import { computed, ref } from 'vue'

import { newKey } from '@/api/http'
import { changeTracker, createTracker, putChoices } from '@/api/trackers'
import type { Kind, Tracker, TrackerChange } from '@/api/types'
import { choicesProblem, draftFrom, newDraft, written, type ChoiceDraft } from '@/lib/choices'
import { editableNumber, parseNumber } from '@/lib/format'

import { useForm } from './useForm'

export const NAME_LENGTH = 100

export function useTrackerForm(tracker: Tracker | null, saved: (tracker: Tracker) => void) {
  const name = ref(tracker?.name ?? '')
  const description = ref(tracker?.description ?? '')
  const kind = ref<Kind>(tracker?.kind ?? 'numerical')
  const unit = ref(tracker?.unit ?? '')
  const step = ref(tracker?.step ? editableNumber(tracker.step, navigator.language || 'en') : '')
  const remind = ref(tracker?.remind ?? true)
  const known = tracker?.choices ?? []
  const offered = known.filter((choice) => !choice.archived).map(draftFrom)
  const choices = ref<ChoiceDraft[]>(offered.length ? offered : [newDraft(), newDraft()])
  const resting = ref(known.filter((choice) => choice.archived).map(draftFrom))
  const before = offered.map(({ id, label }) => ({ id, label }))
  let version = tracker?.version
  const key = newKey()

  const sent = () => written(choices.value).map(({ id, label }) => (id ? { id, label } : { label }))
  const choicesChanged = () => JSON.stringify(sent()) !== JSON.stringify(before)
  const isNumber = computed(() => kind.value === 'numerical')
  const isChoice = computed(() => kind.value === 'multiple_choice')
  const stepValue = () => (step.value.trim() ? parseNumber(step.value) : null)

  const form = useForm(
    {
      name: () => {
        if (!name.value.trim()) return 'Give it a name.'
        const length = [...name.value.trim()].length
        return length > NAME_LENGTH
          ? `This name is ${length} letters long; ${NAME_LENGTH} fit.`
          : null
      },
      description: () => null,
      kind: () => null,
      unit: () => null,
      step: () =>
        isNumber.value && step.value.trim() && !((stepValue() ?? 0) > 0)
          ? 'Write a number above 0, for example 0.5.'
          : null,
      choices: () => (isChoice.value ? choicesProblem(choices.value) : null),
    },
    async () => saved(await (tracker ? change(tracker) : create())),
  )
  const described = () => ({ name: name.value.trim(), description: description.value.trim() })
  const numbers = () => (isNumber.value ? { unit: unit.value.trim(), step: stepValue() } : {})

  function create(): Promise<Tracker> {
    const labels = isChoice.value ? { choices: sent().map((choice) => choice.label) } : {}
    return createTracker(
      { kind: kind.value, ...described(), ...numbers(), ...labels, remind: remind.value },
      key,
    )
  }
  async function change(from: Tracker): Promise<Tracker> {
    const wished: TrackerChange = { ...described(), ...numbers(), remind: remind.value }
    if (kind.value !== from.kind) wished.kind = kind.value
    let now = await changeTracker(from.id, wished, version)
    // What is saved is saved: a second press after a failed list of choices starts from here.
    version = now.version
    if (isChoice.value && choicesChanged()) {
      now = { ...now, choices: (await putChoices(from.id, sent())).items }
    }
    return now
  }
  return { name, description, kind, unit, step, remind, choices, resting, isNumber, isChoice, form }
}
