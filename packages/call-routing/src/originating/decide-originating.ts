import { areaCodeOf, interpretDialedDigits } from '@dialtone/numbering'
import type { DialedNumber } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import type { Destination } from '../destinations/destination.ts'
import { followDestination } from '../destinations/follow-destination.ts'
import { hasExtension, readExtension } from '../destinations/read-target.ts'
import { reject } from '../reject.ts'
import { enterAgentCode } from './agent-codes.ts'
import { enterFeatureCode } from './feature-codes.ts'
import type { RejectVerdict, RouteVerdict } from '../route-decision.ts'
import { enterForwardCode } from './forward-codes.ts'
import { readCallerIdOnce } from './caller-id-once.ts'
import { checkTrunkCaller } from './check-trunk-caller.ts'

/** A line dials: what do the digits mean to its account, and where does that lead. */
export function decideOriginating(scene: CallScene, dialed: string): RouteVerdict {
  const { snapshot, trace } = scene
  const understood = interpretDialedDigits({
    dialed,
    behavior: snapshot.dialingBehavior,
    extensionLength: snapshot.extensionLength,
    homeAreaCode: homeAreaCodeOf(scene),
    extensionExists: (extension) => hasExtension(snapshot, extension),
  })
  trace.note('dial-plan', understood.kind, { dialed, behavior: snapshot.dialingBehavior, ...understood })
  const once = scene.callerIdOnce === undefined ? readCallerIdOnce(scene, understood) : undefined
  if (once !== undefined) return decideOriginating(once.scene, once.dialed)
  const refused = checkTrunkCaller(scene, understood)
  if (refused !== undefined) return refused
  if (understood.kind === 'star') {
    const code = `*${understood.code}`
    return enterForwardCode(scene, code, understood.rest) ?? enterAgentCode(scene, code, understood.rest) ?? enterFeatureCode(scene, code)
  }
  const destination = destinationOf(scene, understood)
  return destination.kind === 'reject' ? destination : followDestination(scene, destination)
}

/** Seven digits are completed as the trunk's primary number begins (S1-118), else as most numbers of the account do. */
function homeAreaCodeOf({ caller, snapshot }: CallScene): string | undefined {
  const primary = caller.kind === 'line' ? caller.line.trunk?.primaryNumber : undefined
  return (primary === undefined ? undefined : areaCodeOf(primary)) ?? snapshot.homeAreaCode
}

function destinationOf(scene: CallScene, understood: Exclude<DialedNumber, { kind: 'star' }>): Destination | RejectVerdict {
  switch (understood.kind) {
    case 'extension':
      return readExtension(scene.snapshot, understood.extension, undefined) ?? reject('UnknownExtension')
    case 'number':
      return { kind: 'number', number: understood.number, diversion: undefined }
    case 'service':
      return { kind: 'short-code', digits: understood.code }
    case 'operator':
      return { kind: 'short-code', digits: understood.digits }
    case 'emergency': // decided long before; here only so that it can never fall through to a refusal
      return { kind: 'short-code', digits: understood.service }
    case 'unrecognized': {
      const incomplete = understood.reason === 'Incomplete' || understood.reason === 'Empty'
      return reject('NotAllowedByDialPlan', incomplete ? { statusCode: 484, reasonPhrase: 'Address Incomplete' } : undefined)
    }
  }
}
