import type { CallScene } from '../call-scene.ts'
import type { LineDestination, Progress } from './destination.ts'
import { ringLine } from './ring.ts'
import { ringBusinessLine } from './ring-business-line.ts'

/** A line by what kind it is: business lines have a handling of their own, others that of their user. */
export function enterLine(scene: CallScene, destination: LineDestination): Progress {
  const handling = scene.snapshot.services.lineHandling.get(destination.lineId)
  return handling === undefined ? ringLine(scene, destination) : ringBusinessLine(scene, handling, destination)
}
