import type { Timers } from '@dialtone/foundation'
import type { Header, SipStack, StandingDialog } from '@dialtone/sip'

/** Two hundred a second: ten thousand calls that end at once are no storm for their carriers and phones. */
const AT_ONCE = 20
const PAUSE_MS = 100
/** Q.850: 41 is temporary failure. */
const REASON: readonly Header[] = [['Reason', 'Q.850;cause=41;text="Temporary failure"']]

/** Hangs up the parties of calls of a switch that died: nobody else tells them, and a carrier would go on charging. */
export function hangUpLeft({ sip, timers }: { readonly sip: Pick<SipStack, 'hangUp'>; readonly timers: Timers }, dialogs: readonly StandingDialog[]): void {
  const [now, later] = [dialogs.slice(0, AT_ONCE), dialogs.slice(AT_ONCE)]
  for (const dialog of now) sip.hangUp(dialog, REASON)
  if (later.length > 0) timers.start(PAUSE_MS, () => hangUpLeft({ sip, timers }, later))
}
