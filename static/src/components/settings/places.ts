/** The pages of the settings, in the order of their list. */
import {
  Bell,
  FileText,
  KeyRound,
  Monitor,
  Send,
  ShieldCheck,
  Trash2,
  UserRound,
  UserRoundCog,
  UsersRound,
} from '@lucide/vue'

export const SETTINGS = [
  { path: '/settings/profile', word: 'Profile', icon: UserRound },
  { path: '/settings/reminders', word: 'Reminders', icon: Bell },
  { path: '/settings/reports', word: 'Reports', icon: FileText },
  { path: '/settings/deliveries', word: 'Deliveries', icon: Send },
  { path: '/settings/security', word: 'Security', icon: ShieldCheck },
  { path: '/settings/tokens', word: 'Tokens', icon: KeyRound },
  { path: '/settings/display', word: 'Display', icon: Monitor },
  { path: '/settings/deleted', word: 'Recently deleted', icon: Trash2 },
  { path: '/settings/account', word: 'Account', icon: UserRoundCog },
]
/** For those who run this Tend. */
export const FOR_ADMINS = [{ path: '/settings/people', word: 'People', icon: UsersRound }]
