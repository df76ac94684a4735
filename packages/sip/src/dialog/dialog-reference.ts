import type { SipRequest } from '../message/index.ts'
import { readWhole } from '../message/characters.ts'
import { readParameters } from '../message/parameters.ts'

/** A dialog named by its three parts, seen from our side of it. */
export interface DialogReference {
  readonly callId: string
  /** Ours. */
  readonly localTag: string
  readonly remoteTag: string
}

/** What a Replaces header field names (RFC 3891 6.1). */
export interface ReplacedDialog extends DialogReference {
  /** Only if it has not been answered yet. */
  readonly earlyOnly: boolean
}

/** What a Join header field names (RFC 3911 7.1). */
export type JoinedDialog = DialogReference

/** What an INVITE wants done with a dialog that exists; 'malformed' gets 400 (RFC 3891 3, RFC 3911 4). */
export type InviteReferences = { readonly replaces: ReplacedDialog | undefined; readonly join: JoinedDialog | undefined } | 'malformed'

const NONE: InviteReferences = { replaces: undefined, join: undefined }

/** Longer ones name no dialog of ours; they would only be carried around. */
const MAX_LENGTH = 1024

/**
 * Reads Replaces and Join of an INVITE. More than one of them, of either kind, is malformed: nobody could say which call is meant
 * (RFC 3891 3, RFC 3911 4).
 */
export function inviteReferencesOf(request: SipRequest): InviteReferences {
  const replaces = request.headers('replaces')
  const joins = request.headers('join')
  if (replaces.length + joins.length === 0) return NONE
  if (replaces.length + joins.length > 1) return 'malformed'
  if (replaces[0] !== undefined) {
    const replaced = parseReplaces(replaces[0])
    return replaced === undefined ? 'malformed' : { replaces: replaced, join: undefined }
  }
  const join = parseDialogReference(joins[0] ?? '')
  return join === undefined ? 'malformed' : { replaces: undefined, join }
}

/** The value of Replaces (RFC 3891 6.1). @returns undefined when it is malformed */
export function parseReplaces(value: string): ReplacedDialog | undefined {
  const parts = takeApart(value)
  return parts === undefined ? undefined : { ...referenceOf(parts), earlyOnly: parts.parameters.has('early-only') }
}

/** `call-id;to-tag=…;from-tag=…` of Join (RFC 3911 7.1). To-tag is the tag of who receives it. @returns undefined when it is malformed */
export function parseDialogReference(value: string): DialogReference | undefined {
  const parts = takeApart(value)
  return parts === undefined ? undefined : referenceOf(parts)
}

/** Target-Dialog (RFC 4538 7), whose tags are named after the sides: the receiver's is `local-tag` to itself. */
export function parseTargetDialog(value: string): DialogReference | undefined {
  const parts = readParts(value)
  const localTag = parts?.parameters.get('remote-tag')
  const remoteTag = parts?.parameters.get('local-tag')
  return parts === undefined || !localTag || !remoteTag ? undefined : { callId: parts.callId, localTag, remoteTag }
}

/** Writes the value of Replaces, for the peer of the dialog: what is local to us is remote to it. */
export function formatReplaces(dialog: DialogReference, earlyOnly = false): string {
  return `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}${earlyOnly ? ';early-only' : ''}`
}

interface Parts {
  readonly callId: string
  readonly parameters: ReadonlyMap<string, string>
}

function takeApart(value: string): Parts | undefined {
  const parts = readParts(value)
  return parts?.parameters.get('to-tag') && parts.parameters.get('from-tag') ? parts : undefined
}

/** A peer of RFC 2543 has no tag; Replaces then says 0 (RFC 3891 3), which matches none of ours, for our dialogs have both. */
function referenceOf({ callId, parameters }: Parts): DialogReference {
  return { callId, localTag: parameters.get('to-tag') ?? '', remoteTag: parameters.get('from-tag') ?? '' }
}

function readParts(value: string): Parts | undefined {
  if (value.length > MAX_LENGTH) return undefined
  const semicolon = value.indexOf(';')
  if (semicolon < 0) return undefined
  const callId = value.slice(0, semicolon).trim()
  const parameters = readWhole(value.slice(semicolon), readParameters)
  return parameters === undefined || callId === '' || /[\s,]/.test(callId) ? undefined : { callId, parameters }
}
