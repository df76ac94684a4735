import type { Timers } from '@dialtone/foundation'
import type { Header, SipStack } from '@dialtone/sip'
import type { LeftLeg } from '../ports/call-record.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'

/** Two hundred a second: ten thousand calls that end at once are no storm for their carriers and phones. */
const AT_ONCE = 20
const PAUSE_MS = 100
/** Q.850: 41 is temporary failure. */
const REASON: readonly Header[] = [['Reason', 'Q.850;cause=41;text="Temporary failure"']]

interface HangUpNeeds {
  readonly sip: Pick<SipStack, 'hangUp'>
  readonly directory: Pick<SwitchDirectory, 'carrier'>
  readonly timers: Timers
}

/** Hangs up the parties of calls of a switch that died, those that ring or wait too: nobody else tells them, and a carrier would go on charging. */
export function hangUpLeft(needs: HangUpNeeds, legs: readonly LeftLeg[]): void {
  const { sip, directory, timers } = needs
  const [now, later] = [legs.slice(0, AT_ONCE), legs.slice(AT_ONCE)]
  for (const leg of now) sip.hangUp(leg, REASON, directory.carrier(leg.carrierId ?? '')?.credentials)
  if (later.length > 0) timers.start(PAUSE_MS, () => hangUpLeft(needs, later))
}
