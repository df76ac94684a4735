import type { SessionTimerPolicy } from '../dialog/index.ts'
import type { Header } from '../message/index.ts'
import type { SipStackOptions } from './sip-stack.ts'

/** What the calls of a stack can do beyond RFC 3261. */
export interface Abilities {
  /** Option tags a peer may require in a call. */
  readonly options: ReadonlySet<string>
  /** Supported in the messages of a call (RFC 3261 20.37). */
  readonly supported: Header
  /** undefined: no session timers. */
  readonly sessionTimer: SessionTimerPolicy | undefined
}

/** RFC 4028 4.2: half an hour is what it recommends. */
const DEFAULT_SESSION_TIMER: SessionTimerPolicy = { intervalSeconds: 1800, minimumSeconds: 90 }

/** RFC 3262, RFC 3891 (the leg is found, see `IncomingInvite.replaces`), RFC 4488. */
const OWN_OPTIONS: readonly string[] = ['100rel', 'replaces', 'norefersub']

export function abilitiesOf(options: Pick<SipStackOptions, 'sessionTimer' | 'extensions'>): Abilities {
  const { sessionTimer = DEFAULT_SESSION_TIMER, extensions = [] } = options
  const timer = sessionTimer === false ? [] : ['timer']
  const tags = new Set([...OWN_OPTIONS, ...timer, ...extensions].map((optionTag) => optionTag.toLowerCase()))
  return { options: tags, supported: ['Supported', [...tags].join(', ')], sessionTimer: sessionTimer === false ? undefined : sessionTimer }
}

/** Supported of a call that does without some option tags. */
export function supportedWithout({ options }: Abilities, without: string): Header {
  return ['Supported', [...options].filter((optionTag) => optionTag !== without).join(', ')]
}
