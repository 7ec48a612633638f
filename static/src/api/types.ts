/** The names the page uses for the shapes of api.yaml; the shapes themselves are generated (`make api`). */
import type { components, paths } from './types.gen'

type Schemas = components['schemas']
type Asked<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query?: infer Query } }
}
  ? Required<NonNullable<Query>>
  : never

export type Kind = Schemas['Kind']
export type Role = Schemas['Role']
/** A number, a boolean, a choice's label, or seconds: decided by the tracker's kind. */
export type Value = Schemas['LogIn']['value']

/** A failure; one that never reached the server has little of it. */
export type Problem = Pick<Schemas['Problem'], 'type' | 'title' | 'status'> &
  Partial<Schemas['Problem']> & { reference?: string; methods?: ProofMethod[] }
/** How somebody may show once more that it is them. */
export type ProofMethod = 'password' | 'totp' | 'passkey' | 'oidc'
export type FieldError = Schemas['Problem']['errors'][number]
/** Every list: `next` goes into `?after=`. */
export interface Page<T, Next = string | null> {
  items: T[]
  next: Next
}

export type About = Schemas['AboutOut']
export type Account = Schemas['AccountOut']
export type AccountChange = Schemas['AccountPatch']
export type WebhookSecret = Schemas['SecretOut']
export type ReminderTest = Schemas['TrialOut']
export type Registration = Schemas['RegisterIn']
export type PasswordStrength = Schemas['StrengthOut']
export type Session = Schemas['SessionOut']

/** What signing in still wants after the password. */
export type Step = Schemas['NextOut']
export type StepMethod = Step['methods'][number]
export type Factors = Schemas['FactorsOut']
/** The secret stands in groups of four, for typing; `qr` is a picture as a data: address. */
export type TotpSetUp = Schemas['TotpOut']
export type Codes = Schemas['CodesOut']
export type Passkey = Schemas['PasskeyOut']
/** What the browser's own passkey functions are given, and the state that comes back with their answer. */
export type PasskeyOptions<Options> = Schemas['PasskeyOptions'] & { options: Options }
export type Token = Schemas['TokenOut']
export type Scope = Token['scope']
export type NewToken = Schemas['TokenIn']
/** With the token itself, which is shown this once. */
export type MadeToken = Schemas['NewTokenOut']
export type SecurityEvent = Schemas['EventOut']
/** What the link of a letter does; `email` is the account's address when it is done. */
export type Proof = Schemas['ProofOut']
/** Somebody with an account here, as those who run this Tend see them. */
export type Member = Schemas['KnownOut']
export type Connected = Schemas['IdentityOut']

export type TrackerType = Schemas['TypeOut']
export type Choice = Schemas['ChoiceOut']
export type ChoiceInList = Schemas['ChoicePut']
export type DayMark = Schemas['CardDay']
/** A tracker; only lists add its last days. */
export type Tracker = Schemas['TrackerOut'] & Partial<Pick<Schemas['TrackerCard'], 'last_days'>>
export type NewTracker = Schemas['NewTracker']
export type TrackerChange = Schemas['TrackerPatch']
export type Person = Schemas['PersonOut']
export type Invitation = Schemas['InvitationOut']
export type Timer = Schemas['TimerOut']

export type Log = Schemas['LogOut']
/** Without a time it is now. */
export type NewLog = Schemas['LogIn'] & { logged_at?: string }
export type LogChange = Schemas['LogPatch']
export type TodayItem = Schemas['TodayItem']
export type Today = Schemas['TodayOut']
/** Deleted, and for a while to be put back: a tracker or an entry, or a report. */
export type DeletedReport = { type: 'report'; id: number; name: string; gone_at: string }
export type DeletedThing = Schemas['TrashItem'] | DeletedReport

export type Stats = Schemas['StatsOut']
export type NumberStats = Schemas['NumberStats']
export type AnswerStats = Schemas['AnswerStats']
export type ChoiceStats = Schemas['ChoiceStats']
export type DayFigure = Schemas['DayOut']
export type Range = NonNullable<NumberStats['range']>
/** A named range, or its first and last day. */
export interface Span {
  range?: Range
  from?: string
  to?: string
}
type ChartQuery = Asked<'/trackers/{tracker_id}/chart.svg'>
export type ChartSize = ChartQuery['size']
export type ChartTheme = ChartQuery['theme']

export type Job = Schemas['JobOut']
export type JobState = Job['state']
export type ImportOptions = Schemas['ImportOptions']
export type ImportRow = Schemas['ImportRow']
export type ConflictAnswer = Schemas['Confirmation']['conflicts']
export type Outcome = Asked<'/imports/{job_id}/rows'>['outcome']
/** What a job says of an import: api.yaml leaves a job's result open, as each kind of job has its own. */
export type ImportResult = {
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

export type Delivery = Schemas['DeliveryOut']
/** What the log can be narrowed to; what is being sent is among what is due. */
export type DeliveryFilter = NonNullable<Asked<'/deliveries'>['state']>

export type MailWish = Schemas['WishOut']
export type Report = Schemas['ReportOut']
export type WholeReport = Schemas['ReportRead']
export type NewReport = Schemas['NewReport']
export type ReportFormat = Report['format']
/** What a report says: its texts are finished, so that the page says what the mail and the PDF say. */
export type ReportFacts = Schemas['FactsOut']
export type ReportRow = Schemas['RowOut']
