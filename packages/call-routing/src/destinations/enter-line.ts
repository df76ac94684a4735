import type { CallScene } from '../call-scene.ts'
import type { LineDestination, Progress } from './destination.ts'
import { ringTrunkWithForwards } from './forward-trunk.ts'
import { ringLine } from './ring.ts'
import { ringBusinessLine } from './ring-business-line.ts'
import { isTrunkLine } from './ring-trunk.ts'

/** A line by what kind it is: business lines have a handling and trunks rules of their own, others have those of their user. */
export function enterLine(scene: CallScene, destination: LineDestination): Progress {
  const { lines, services } = scene.snapshot
  const handling = services.lineHandling.get(destination.lineId)
  if (handling !== undefined) return ringBusinessLine(scene, handling, destination)
  const line = lines.get(destination.lineId)
  const forwards = services.trunkForwards.get(destination.lineId)
  return isTrunkLine(line) && forwards !== undefined ? ringTrunkWithForwards(scene, line, forwards, destination) : ringLine(scene, destination)
}
