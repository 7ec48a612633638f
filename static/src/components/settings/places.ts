/** The pages of the settings, in the order of their list. */
import {
  Bell,
  FileText,
  Monitor,
  Send,
  ShieldCheck,
  Trash2,
  UserRound,
  UserRoundCog,
} from '@lucide/vue'

export const SETTINGS = [
  { path: '/settings/profile', word: 'Profile', icon: UserRound },
  { path: '/settings/reminders', word: 'Reminders', icon: Bell },
  { path: '/settings/reports', word: 'Reports', icon: FileText },
  { path: '/settings/deliveries', word: 'Deliveries', icon: Send },
  { path: '/settings/security', word: 'Security', icon: ShieldCheck },
  { path: '/settings/display', word: 'Display', icon: Monitor },
  { path: '/settings/deleted', word: 'Recently deleted', icon: Trash2 },
  { path: '/settings/account', word: 'Account', icon: UserRoundCog },
]
