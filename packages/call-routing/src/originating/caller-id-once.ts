import type { DialedNumber } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'

const CODES: ReadonlyMap<string, NonNullable<CallScene['callerIdOnce']>> = new Map([
  ['67', 'hidden'],
  ['82', 'shown'],
])

/**
 * *67 and *82 with the number after them: the caller ID is hidden, or shown, in this one call (47 CFR 64.1601(b)).
 * @returns the scene and the rest that is really dialed; undefined for everything else
 */
export function readCallerIdOnce(scene: CallScene, understood: DialedNumber): { readonly scene: CallScene; readonly dialed: string } | undefined {
  if (understood.kind !== 'star' || understood.rest === '') return undefined
  const callerIdOnce = CODES.get(understood.code)
  if (callerIdOnce === undefined) return undefined
  scene.trace.note('caller-id-once', callerIdOnce, { code: `*${understood.code}`, dialed: understood.rest })
  return { scene: { ...scene, callerIdOnce }, dialed: understood.rest }
}
