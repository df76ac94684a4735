import type { E164 } from '@dialtone/numbering'
import type { CallScreen } from '../screening/call-screening.ts'

/** What a code switches in the settings of a user, or of the account for the screening of calls. */
export type SettingChange =
  /** `to`: from now on there; undefined: where it went before. */
  | { readonly setting: 'forward'; readonly when: ForwardWhen; readonly isOn: boolean; readonly to: string | undefined }
  | { readonly setting: 'do-not-disturb' | 'call-waiting'; readonly isOn: boolean }
  | { readonly setting: 'screening'; readonly of: 'user' | 'account'; readonly callers: 'anonymous' | 'others'; readonly action: ScreenAction }
  /** Of calls of that one number. */
  | { readonly setting: 'screening'; readonly of: 'user' | 'account'; readonly callers: E164; readonly action: ScreenAction }

export type ForwardWhen = 'always' | 'busy' | 'no-answer' | 'unregistered'
export type ScreenAction = CallScreen['action']
