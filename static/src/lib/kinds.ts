/** How each kind is called and drawn. */
import type { Kind } from '@/api/types'

export const KINDS: readonly Kind[] = ['numerical', 'multiple_choice', 'boolean', 'time_duration']
const WORDS: Record<Kind, string> = {
  numerical: 'Number',
  multiple_choice: 'Choice',
  boolean: 'Yes or no',
  time_duration: 'Duration',
}
const CLASSES: Record<Kind, string> = {
  numerical: 'k-num',
  multiple_choice: 'k-cho',
  boolean: 'k-yes',
  time_duration: 'k-dur',
}
export const kindWord = (kind: Kind) => WORDS[kind]
/** The class that gives --k (colour) and --kt (tint) to everything inside. */
export const kindClass = (kind: Kind) => CLASSES[kind]
