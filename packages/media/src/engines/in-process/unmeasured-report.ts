import type { MediaReport, SideReport } from '../media-engine.ts'

/** The report of a session whose figures are lost. */
export function unmeasuredReport(reason: string): MediaReport {
  const side: SideReport = {
    packetsReceived: null,
    octetsReceived: null,
    packetsSent: null,
    octetsSent: null,
    packetsLost: null,
    jitterMs: null,
    packetsStray: null,
    packetsMalformed: null,
    packetsOverLimit: null,
    remote: null,
    notMeasured: reason,
  }
  return { a: side, b: side }
}
