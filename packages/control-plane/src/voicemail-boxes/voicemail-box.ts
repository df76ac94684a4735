import type { FieldProblem } from '../failures/index.ts'

export const BOX_TYPES = ['Normal', 'Primary', 'Sub', 'BUSINESS_LINE'] as const
export type BoxType = (typeof BOX_TYPES)[number]
export const LOCALES = ['en-US', 'fr-CA', 'es-MX'] as const
/** What a caller hears before he speaks; the name alone, or the choice between the boxes of a household. */
export const GREETING_TYPES = ['Personal', 'PersonalNoAnswer', 'PersonalBusy', 'PersonalName', 'PrimaryGreeting'] as const
export type GreetingType = (typeof GREETING_TYPES)[number]

/** What a box is told to do (public-spec section 14). */
export interface VoicemailBox {
  readonly name: string
  readonly type: BoxType
  readonly locale: (typeof LOCALES)[number]
  readonly emailAddresses: readonly string[]
  readonly emailEnabled: boolean
  /** After the mail is out; otherwise the message is only in the mail. */
  readonly keepAfterEmail: boolean
  readonly transcriptionEnabled: boolean
  /** Of a box of a household: where its caller presses `dtmfOption`. */
  readonly parentId: string | undefined
  readonly dtmfOption: string | undefined
}

/** The choice that leads to the box of the household itself (public-spec section 14). */
export const PRIMARY_OPTION = '1'
const SUB_OPTION = /^[2-8]$/

export function boxProblems(box: VoicemailBox): readonly FieldProblem[] {
  return [...choiceProblems(box), ...emailProblems(box)]
}

function choiceProblems({ type, parentId, dtmfOption }: VoicemailBox): readonly FieldProblem[] {
  if (type !== 'Sub') {
    const isOwn = dtmfOption === undefined || (type === 'Primary' && dtmfOption === PRIMARY_OPTION)
    return [
      ...(parentId === undefined ? [] : [problem('parentId', 'is for a box of type Sub', 'none')]),
      ...(isOwn ? [] : [problem('dtmfOption', `"${dtmfOption ?? ''}" is for a box of type Sub`, 'none, or 1 for a Primary box')]),
    ]
  }
  return [
    ...(parentId === undefined ? [problem('parentId', 'is missing', 'the Primary box', 'ParentIdRequired')] : []),
    ...(SUB_OPTION.test(dtmfOption ?? '') ? [] : [problem('dtmfOption', `"${dtmfOption ?? ''}" is no choice`, '2 to 8')]),
  ]
}

function emailProblems({ emailEnabled, emailAddresses }: VoicemailBox): readonly FieldProblem[] {
  if (!emailEnabled || emailAddresses.length > 0) return []
  return [problem('voicemailToEmailAddresses', 'are missing', 'at least one when messages go out by e-mail', 'VoicemailToEmailAddressesRequired')]
}

function problem(field: string, reason: string, rule: string, code = `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`): FieldProblem {
  return { field, code, reason, rule }
}
