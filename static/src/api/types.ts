/** The shapes the API speaks, by hand until api.yaml gives them (npm run api). */

export type Kind = 'numerical' | 'multiple_choice' | 'boolean' | 'time_duration'
export type Role = 'owner' | 'editor' | 'viewer'
/** A number, a boolean, a choice's label, or seconds: decided by the tracker's kind. */
export type Value = number | boolean | string

export interface FieldError {
  field: string
  message: string
}
export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  errors?: FieldError[]
  reference?: string
}
export interface Page<T> {
  items: T[]
  next: string | null
}

export interface About {
  name: string
  version: string
  release: string
  registration: 'open' | 'invite' | 'closed'
  mail: 'smtp' | 'folder'
  username_pattern?: string
}

export interface Account {
  id: number
  username: string
  email: string
  timezone: string
  day_starts_at: number
  week_starts_on: number
  reminder_at: string | null
  webhook: string | null
  report_format: 'html' | 'pdf'
  report_on: boolean
  today: string
  day_ends_at: string
  mail: 'smtp' | 'folder'
  created_at: string
}
export type AccountChange = Partial<
  Pick<
    Account,
    | 'timezone'
    | 'day_starts_at'
    | 'week_starts_on'
    | 'reminder_at'
    | 'webhook'
    | 'report_format'
    | 'report_on'
    | 'email'
  >
>
export interface Registration {
  username: string
  email: string
  password: string
  timezone: string
  invite?: string
}
export interface PasswordStrength {
  score: 0 | 1 | 2 | 3 | 4
  message: string
}
export interface Session {
  id: number
  device: string
  created_at: string
  last_seen_at: string
  current: boolean
}

export interface TrackerType {
  kind: Kind
  name: string
  description: string
  accepts: string[]
  examples: string[]
  unit: boolean
  choices: boolean
}
export interface Choice {
  id: number
  label: string
  archived: boolean
  uses?: number
}
export interface DayMark {
  day: string
  count: number
  value: Value | null
}
export interface Tracker {
  id: number
  name: string
  description: string
  kind: Kind
  unit: string
  step: number | null
  choices: Choice[]
  role: Role
  owner: string
  shared: boolean
  position: number
  remind: boolean
  archived: boolean
  archived_at: string | null
  deleted_at: string | null
  last_logged_at: string | null
  last_value: Value | null
  last_local_day: string | null
  log_count?: number
  timer_started_at: string | null
  version: number
  last_days?: DayMark[]
}
export interface NewTracker {
  name: string
  description?: string
  kind: Kind
  unit?: string
  step?: number | null
  choices?: string[]
  remind?: boolean
}
export interface TrackerChange {
  name?: string
  description?: string
  unit?: string
  step?: number | null
  kind?: Kind
  archived?: boolean
  position?: number
  remind?: boolean
}
export interface Person {
  id: number
  username: string
  role: Role
  state: 'pending' | 'accepted'
  you: boolean
}
export interface Invitation {
  id: number
  role: Role
  from: string
  tracker: Pick<Tracker, 'id' | 'name' | 'kind' | 'description'>
}
export interface Timer {
  tracker_id: number
  name?: string
  started_at: string
}

export interface Log {
  id: number
  tracker_id: number
  kind: Kind
  value: Value
  choice_id: number | null
  logged_at: string
  local_day: string
  timed: boolean
  note: string
  by: string | null
  source: 'page' | 'api' | 'import' | 'timer'
  version: number
  deleted_at: string | null
}
export interface NewLog {
  /** A choice may be sent by its id, everything else as its own JSON type; text is read by the server. */
  value: Value
  logged_at?: string
  note?: string
}
export interface LogChange {
  value?: Value
  logged_at?: string
  note?: string
}

export interface TodayItem extends Tracker {
  step_used: number | null
  usual: Value | null
  entries: Log[]
  last_days: DayMark[]
}
export interface Today {
  day: string
  today: string
  until: string | null
  days: string[]
  logged: number
  items: TodayItem[]
}

export interface DeletedThing {
  type: 'tracker' | 'log'
  id: number
  tracker_id: number
  name: string
  kind: Kind
  value?: Value
  logged_at?: string
  log_count?: number
  deleted_at: string
  gone_at: string
}

export type Range = '7d' | '30d' | '90d' | '1y' | 'all'
export interface Span {
  range?: Range
  from?: string
  to?: string
}
export interface Stats {
  range: string | null
  from: string
  to: string
  days: number
  days_logged: number
  count: number
  min?: number | null
  max?: number | null
  mean?: number | null
  median?: number | null
  total?: number | null
  /** The same of what each day with an entry adds up to. */
  by_day?: Record<'min' | 'max' | 'mean' | 'median', number | null>
  yes?: number
  no?: number
  share?: number | null
  yes_days?: number
  no_days?: number
  streak?: number
  best_streak?: number
  choices?: { label: string; count: number; days?: number; archived?: boolean }[]
  most_used?: string[]
  least_used?: string[]
}
export interface DayFigure {
  day: string
  count: number
  value: Value | null
  mean7: number | null
  counts?: { label: string; count: number }[] | null
}
export type ChartSize = 'wide' | 'narrow' | 'mail' | 'print'
export type ChartTheme = 'light' | 'dark' | 'print'

export type JobState = 'queued' | 'running' | 'preview' | 'done' | 'failed' | 'cancelled' | 'undone'
export interface ImportOptions {
  format?: string
  delimiter?: string
  decimal?: '.' | ','
  date_order?: 'ymd' | 'dmy' | 'mdy' | null
  header?: boolean
  encoding?: string
  kind?: Kind
  scale?: number
  unit_seconds?: 1 | 60 | 3600
}
export type Outcome = 'new' | 'same' | 'conflict' | 'bad'
export interface ImportResult {
  format: string
  format_name: string
  options: ImportOptions
  questions: string[]
  /** The encodings that would read the file, when that is a question. */
  encodings?: string[]
  trackers: {
    name: string
    kind: Kind
    id: number | null
    new: boolean
    counts: Record<Outcome, number>
  }[]
  counts: Record<Outcome, number>
  lines: number
  /** Entries brought in; known once it is done. */
  written?: number
  /** What an undo took out, left as it was changed since, and put back. */
  undo?: { removed: number; kept: number; restored: number }
}
export interface Job {
  id: number
  kind: 'export' | 'import'
  state: JobState
  /** What it is at, in the server's word; empty before it starts. */
  step: string
  done: number
  total: number
  result: ImportResult | Record<string, unknown> | null
  error: string | null
  filename: string | null
  size: number | null
  created_at: string
  finished_at: string | null
  expires_at: string | null
}
export interface ImportRow {
  line: number
  tracker: string
  when: string
  value: string
  note: string
  reason: string | null
  ours: string | null
}
export type ConflictAnswer = 'keep' | 'replace' | 'both'
