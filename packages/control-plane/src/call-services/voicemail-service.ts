import type { Result } from '@dialtone/foundation'
import type { ServiceAnswer, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { type AccountScope, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import {
  boxOf, choosePin, deleteMessages, depositMessage, findBox, GREETING_TYPES, greetingFile, listBoxes, listMessages, messageFile, PRIMARY_OPTION, setRead, storeGreeting, tryPin,
  type VoicemailBoxRow,
} from '../voicemail-boxes/index.ts' // prettier-ignore

/** A box that nobody empties takes no more. */
const FULL_AT_MESSAGES = 500

type Question<Kind extends ServiceQuestion['kind']> = Extract<ServiceQuestion, { kind: Kind }>

type VoicemailQuestion = Extract<ServiceQuestion, { kind: `voicemail.${string}` }>

/** A WAV file of what was recorded. */
export type WavOf = (pcm: readonly Uint8Array[]) => Uint8Array

/** What a call asks about voicemail: the same use cases as over HTTP, for a caller who has no login. @returns undefined for what is not there. */
export async function askVoicemail(context: Context, wavOf: WavOf, tenant: ServiceTenant, question: VoicemailQuestion): Promise<ServiceAnswer | undefined> {
  const scope = systemScope(tenant.partitionId, tenant.accountId)
  switch (question.kind) {
    case 'voicemail.open':
      return openBox(context, scope, await findBox(context.database.sql, scope, question.boxId))
    case 'voicemail.find':
      return openBox(context, scope, await findBoxOf(context, scope, question.digits))
    case 'voicemail.deposit':
      return deposit(context, scope, question, wavOf(question.pcm))
    case 'voicemail.checkPin': {
      const checked = await tryPin(context, SYSTEM_ACTOR, scope, question.boxId, question.pin)
      return checked.ok ? { kind: 'pin', check: checked.value } : undefined
    }
    case 'voicemail.setPin':
      return done(await choosePin(context, SYSTEM_ACTOR, scope, question.boxId, question.pin))
    case 'voicemail.mark': {
      const { boxId, messageId, as } = question
      const marked =
        as === 'read' ? setRead(context, SYSTEM_ACTOR, scope, boxId, [messageId], true) : deleteMessages(context, SYSTEM_ACTOR, scope, boxId, [messageId])
      return done(await marked)
    }
    case 'voicemail.setGreeting':
      return done(await storeGreeting(context, SYSTEM_ACTOR, scope, question.boxId, 'Personal', { bytes: Buffer.from(wavOf(question.pcm)) }))
  }
}

function done(result: Result<unknown, ApiFailure>): ServiceAnswer {
  return { kind: 'done', ok: result.ok }
}

async function openBox(context: Context, scope: AccountScope, row: VoicemailBoxRow | undefined): Promise<ServiceAnswer | undefined> {
  if (row === undefined) return undefined
  const { sql } = context.database
  const [messages, subs] = await Promise.all([listMessages(sql, scope, row.id), row.type === 'Primary' ? listBoxes(sql, scope, { parentId: row.id }) : []])
  const choices = subs.flatMap((sub) => (sub.dtmf_option === null ? [] : [[sub.dtmf_option, choiceOf(sub)] as const]))
  return {
    kind: 'box',
    boxId: row.id,
    greetings: Object.fromEntries(GREETING_TYPES.flatMap((type) => pair(type, greetingFile(row, type)))),
    isFull: messages.length >= FULL_AT_MESSAGES,
    choices: Object.fromEntries(choices.length === 0 ? [] : [[PRIMARY_OPTION, choiceOf(row)], ...choices]),
    messages: messages
      .filter((message) => message.message_type === 'VOICE')
      .map((message) => ({
        messageId: message.id,
        audioKey: messageFile(message.id),
        fromNumber: message.from_number,
        receivedAtMs: message.created_at.getTime(),
        isRead: message.is_read,
      })),
  }
}

function choiceOf(row: VoicemailBoxRow): { readonly boxId: string; readonly nameKey: string | undefined } {
  return { boxId: row.id, nameKey: greetingFile(row, 'PersonalName') }
}

function pair(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]]
}

/** The box of whoever has the extension. */
async function findBoxOf(context: Context, scope: AccountScope, digits: string): Promise<VoicemailBoxRow | undefined> {
  const user = await context.database.sql
    .selectFrom('end_user')
    .select('voicemail_box_id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('extension', '=', digits)
    .executeTakeFirst()
  const boxId = user?.voicemail_box_id ?? undefined
  return boxId === undefined ? undefined : findBox(context.database.sql, scope, boxId)
}

async function deposit(context: Context, scope: AccountScope, question: Question<'voicemail.deposit'>, wav: Uint8Array): Promise<ServiceAnswer | undefined> {
  const { boxId, caller, calledNumber, durationMs } = question
  const row = await findBox(context.database.sql, scope, boxId)
  if (row === undefined) return undefined
  const message = {
    messageType: 'VOICE',
    fromName: caller.anonymous ? '' : caller.name.replaceAll(/\p{Cc}+/gu, ' ').trim(),
    fromNumber: caller.anonymous ? '' : caller.number,
    toNumber: calledNumber === '' ? boxOf(row).name : calledNumber,
    lengthSeconds: Math.max(1, Math.round(durationMs / 1000)),
    lengthPages: undefined,
    mediaType: 'audio/wav',
  } as const
  return done(await depositMessage(context, SYSTEM_ACTOR, scope, boxId, message, piece(wav)))
}

async function* piece(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}
