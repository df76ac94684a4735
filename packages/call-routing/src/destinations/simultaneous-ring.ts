import type { RungNumber, SimultaneousRing } from '../call-handling.ts'
import type { CallScene } from '../call-scene.ts'
import type { AlsoCalled } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import { callBeside } from './call-beside.ts'
import type { UserDestination } from './destination.ts'
import { readForward } from './forward.ts'

/** Who is called together with the phones of the user. A number that leads to a group, a menu or a queue is left out: they answer by themselves. */
export function alsoCalled(scene: CallScene, user: RoutingUser, { numbers }: SimultaneousRing, destination: UserDestination): readonly AlsoCalled[] {
  return numbers.flatMap((rung) => calledFor(scene, user, rung, destination) ?? [])
}

function calledFor(scene: CallScene, user: RoutingUser, rung: RungNumber, destination: UserDestination): AlsoCalled | undefined {
  const { toNumber } = rung
  const to = readForward(scene, user, toNumber, 'always', destination)
  const verdict = to === undefined ? undefined : callBeside(scene, user, to)
  const isCalled = verdict !== undefined && verdict.kind !== 'service'
  scene.trace.note('simultaneous-ring', isCalled ? calledAs(rung) : 'left out: nobody to be called there', { userId: user.id, toNumber })
  if (!isCalled) return undefined
  return {
    verdict,
    startsAfterMs: rung.ringDelaySeconds * 1000,
    ringsForMs: rung.ringDurationSeconds === undefined ? undefined : rung.ringDurationSeconds * 1000,
    endsRingingWhenBusy: !rung.continueOnBusy,
    ...(rung.confirms === true ? { confirms: true } : {}),
  }
}

function calledAs({ confirms }: RungNumber): string {
  return confirms === true ? 'called as well, and asked to confirm' : 'called as well'
}

/** The last of the numbers has had its time. */
export function longestCalledMs(called: readonly AlsoCalled[]): number {
  return called.reduce((longest, { startsAfterMs, ringsForMs }) => Math.max(longest, startsAfterMs + (ringsForMs ?? 0)), 0)
}
