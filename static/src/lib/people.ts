/** How the parts that people have in a tracker are called. */
import type { Person, Role } from '@/api/types'

const WORDS: Record<Role, string> = { owner: 'Owner', editor: 'Can add', viewer: 'Can look' }
export const roleWord = (person: Pick<Person, 'role' | 'state'>) =>
  person.state === 'pending' ? 'Asked' : WORDS[person.role]
export const SHARED_ROLES: readonly { value: Role; label: string; hint: string }[] = [
  { value: 'viewer', label: 'Can look', hint: 'Sees the entries and figures.' },
  { value: 'editor', label: 'Can add', hint: 'Adds and changes entries too.' },
]
