import type { AgentDuty, CallerIdentity, LastCaller, SettingChange } from '@dialtone/call-routing'
import type { AudioClip, FaxPage } from '@dialtone/media'
import type { Phrase } from '../services/phrase.ts'

/** Whose service asks; the account the call is in now. */
export interface ServiceTenant {
  readonly partitionId: string
  readonly accountId: string
}

/** Who sends a fax, and to which virtual fax line. */
export interface FaxAddress {
  readonly faxLineId: string
  readonly caller: CallerIdentity
  readonly calledNumber: string
}

/** What becomes of a fax that is sent; of one call for it. */
export type FaxSentQuestion =
  /** So many pages were confirmed by now. */
  | { readonly kind: 'fax.pageSent'; readonly faxId: string; readonly sessionId: string; readonly pages: number }
  /** The call is over, or will be in a moment. */
  | {
      readonly kind: 'fax.sent'
      readonly faxId: string
      readonly sessionId: string
      readonly isComplete: boolean
      /** Why a fax ended, `Refused`: no T.38; or a code of call-failure.ts: nobody answered. */
      readonly code: string
      readonly statusCode: number
      readonly pages: number
      readonly remoteIdent: string
    }

/** What services ask the rest of the platform, as plain data: nothing of it happens on the receive path. */
export type ServiceQuestion =
  /** The forward of a hunt group; `forwardTo`: its number from now on. */
  | { readonly kind: 'forward.switch'; readonly configurationId: string; readonly isOn: boolean; readonly forwardTo: string | undefined }
  /** An agent of queues comes, goes or pauses; `agentIds`: its user and its line, whichever the queues know. */
  | { readonly kind: 'queue.agent'; readonly queueIds: readonly string[]; readonly agentIds: readonly string[]; readonly duty: AgentDuty }
  /** A setting of the user, or of the account, for good. */
  | { readonly kind: 'setting.switch'; readonly userId: string; readonly change: SettingChange }
  /** A call to the user that he wants to be on record. */
  | { readonly kind: 'call.trace'; readonly userId: string; readonly last: LastCaller }
  | { readonly kind: 'voicemail.open'; readonly boxId: string }
  /** The box of a number or extension of the account. */
  | { readonly kind: 'voicemail.find'; readonly digits: string }
  | {
      readonly kind: 'voicemail.deposit'
      readonly boxId: string
      readonly caller: CallerIdentity
      readonly calledNumber: string
      /** 16-bit linear PCM, mono, 8000 Hz. */
      readonly pcm: readonly Uint8Array[]
      readonly durationMs: number
    }
  /** A page of a fax that goes on. `ok`: whatever ends the switch, it reaches the line. */
  | ({ readonly kind: 'fax.page'; /** UUID, of the switch. */ readonly faxId: string; readonly page: FaxPage } & FaxAddress)
  /** All pages of a fax have come that will: it is kept and mailed. */
  | {
      readonly kind: 'fax.deposit'
      readonly faxId: string
      /** The sender said that this is all. */
      readonly isComplete: boolean
      /** What its machine calls itself. */
      readonly remoteIdent: string
    }
  | FaxSentQuestion
  /** The pages of a fax that are still to be sent: whoever is called has answered. */
  | { readonly kind: 'fax.open'; readonly faxId: string; readonly sessionId: string }
  | { readonly kind: 'voicemail.checkPin'; readonly boxId: string; readonly pin: string }
  | { readonly kind: 'voicemail.setPin'; readonly boxId: string; readonly pin: string }
  | { readonly kind: 'voicemail.mark'; readonly boxId: string; readonly messageId: string; readonly as: 'read' | 'deleted' }
  | { readonly kind: 'voicemail.setGreeting'; readonly boxId: string; readonly pcm: readonly Uint8Array[] }

export interface StoredMessage {
  readonly messageId: string
  /** For `recording` phrases. */
  readonly audioKey: string
  readonly fromNumber: string
  readonly receivedAtMs: number
  readonly isRead: boolean
}

export type ServiceAnswer =
  | {
      readonly kind: 'box'
      readonly boxId: string
      /** Greetings recorded for it: keys for `recording` phrases. */
      readonly greetings: Readonly<Partial<Record<'Personal' | 'PersonalNoAnswer' | 'PersonalBusy' | 'PersonalName' | 'PrimaryGreeting', string>>>
      readonly isFull: boolean
      readonly messages: readonly StoredMessage[]
      /** Boxes of a household, by the key that chooses them; `nameKey`: the recording that says whose it is. */
      readonly choices: Readonly<Record<string, { readonly boxId: string; readonly nameKey?: string | undefined }>>
    }
  | { readonly kind: 'pin'; readonly check: 'right' | 'must change' | 'wrong' | 'locked' }
  | { readonly kind: 'fax'; readonly pages: readonly FaxPage[] }
  | { readonly kind: 'done'; readonly ok: boolean }

/** Where services leave messages and find audio. Answers come later, and undefined stands for anything that failed: callers hear an apology. */
export interface ServiceDesk {
  ask(tenant: ServiceTenant, question: ServiceQuestion): Promise<ServiceAnswer | undefined>
  /** Sound for phrases in a language (`en-US`); what is not there is left out. */
  clipsOf(tenant: ServiceTenant, phrases: readonly Phrase[], language: string): Promise<readonly AudioClip[]>
}
