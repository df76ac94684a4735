import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import { digitsForTrunk } from '../routing-trunk.ts'
import type { RoutingTrunk } from '../routing-trunk.ts'
import type { RoutingLine } from '../routing-snapshot.ts'
import type { LineDestination, Progress } from './destination.ts'
import { capacityOfTrunk } from './trunk-capacity.ts'

export type TrunkLine = RoutingLine & { readonly trunk: RoutingTrunk }

/** A PBX decides itself how long its phones ring; nobody waits longer than that. */
const TRUNK_RING_TIMEOUT_MS = 180_000

/** The call goes to a customer's PBX: to the number it wants to be sent, unless all its call paths are taken (S1-117). */
export function ringTrunk(scene: CallScene, line: TrunkLine, destination: LineDestination): Progress {
  const { caller, facts, snapshot, trace } = scene
  const target = `line:${line.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  if (line.adminState !== 'ACTIVE') {
    trace.note('trunk', 'locked out', { trunkId: line.id })
    return { verdict: reject('Unregistered') }
  }
  // A PBX may reach its own number from outside, but an extension that it sends us it does not know.
  const isItself = caller.kind === 'line' && caller.line.id === line.id
  if (isItself && !snapshot.numbers.has(destination.calledNumber)) {
    trace.note('trunk', 'the extension is behind the PBX that calls it', { trunkId: line.id })
    return { verdict: reject('UnknownExtension') }
  }
  if (capacityOfTrunk(scene, line, isItself ? 1 : 0) === 'full') return { verdict: reject('TrunkFull', { statusCode: 486, reasonPhrase: 'Busy Here' }) }
  const digits = digitsForTrunk(line.trunk, destination.calledNumber)
  const { address } = line.trunk
  trace.note('ring', address === undefined ? 'the PBX where it is registered' : 'the PBX at its address', { trunkId: line.id, digits, ...address })
  return {
    verdict: {
      kind: 'ring',
      lineIds: [line.id],
      userId: undefined,
      target,
      timeoutMs: TRUNK_RING_TIMEOUT_MS,
      caller: callerToInside(scene),
      calledNumber: destination.calledNumber,
      diversion: destination.diversion,
      trunk: { digits, address },
    },
  }
}

export function isTrunkLine(line: RoutingLine | undefined): line is TrunkLine {
  return line?.trunk !== undefined
}
