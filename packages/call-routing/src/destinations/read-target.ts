import { interpretDialedDigits } from '@dialtone/numbering'
import type { CallTarget } from '../account-services.ts'
import type { Diversion } from '../route-decision.ts'
import type { RoutingSnapshot } from '../routing-snapshot.ts'
import { trunkOfExtension } from '../routing-trunk.ts'
import type { Destination } from './destination.ts'

export interface Called {
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

/** Where a reference leads. @returns undefined for a number that cannot be dialed */
export function readTarget(snapshot: RoutingSnapshot, to: CallTarget, called: Called): Destination | undefined {
  if (to.referenceType === 'END_USER') return { kind: 'user', userId: to.referenceId, ...called }
  if (to.referenceType === 'TELEPHONE') return readWritten(snapshot, to.referenceId, called.diversion)
  // LINE_APPEARANCE, BUSINESS_LINE, SPECIALTY_LINE, SIP_TRUNK: whatever the kind of line is called (C-39, C-56).
  if (snapshot.lines.has(to.referenceId)) return { kind: 'line', lineId: to.referenceId, ...called }
  return { kind: 'service', to, ...called }
}

/** An extension or a number as somebody wrote it, whatever the account dials by. Emergency and service codes are never written. */
export function readWritten(snapshot: RoutingSnapshot, written: string, diversion: Diversion | undefined): Destination | undefined {
  const understood = interpretDialedDigits({
    dialed: written,
    behavior: 'OPEN_DIAL_PLAN',
    extensionLength: snapshot.extensionLength,
    homeAreaCode: snapshot.homeAreaCode,
    extensionExists: (extension) => hasExtension(snapshot, extension),
  })
  if (understood.kind === 'number') return { kind: 'number', number: understood.number, diversion }
  return understood.kind === 'extension' ? readExtension(snapshot, understood.extension, diversion) : undefined
}

export function hasExtension({ userIdByExtension, services }: RoutingSnapshot, extension: string): boolean {
  if (userIdByExtension.has(extension) || services.targetByExtension.has(extension)) return true
  return trunkOfExtension(services.trunkIdByPattern, extension) !== undefined
}

export function readExtension(snapshot: RoutingSnapshot, extension: string, diversion: Diversion | undefined): Destination | undefined {
  const called = { calledNumber: extension, diversion }
  const userId = snapshot.userIdByExtension.get(extension)
  if (userId !== undefined) return { kind: 'user', userId, ...called }
  const to = snapshot.services.targetByExtension.get(extension)
  // No extension is one of a telephone number: what it is written for could be the extension itself, without end.
  if (to !== undefined) return to.referenceType === 'TELEPHONE' ? undefined : readTarget(snapshot, to, called)
  const trunkId = trunkOfExtension(snapshot.services.trunkIdByPattern, extension)
  return trunkId === undefined ? undefined : { kind: 'line', lineId: trunkId, ...called }
}
