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

/** The report of a session whose media went past us, at the end at least: what was measured before stays. */
export function passedReport(report: MediaReport): MediaReport {
  return { a: withReason(report.a), b: withReason(report.b) }
}

function withReason(side: SideReport): SideReport {
  return side.packetsReceived === 0 ? { ...unmeasuredReport(PASSED).a } : side
}

export const PASSED = 'the media goes past us: from end to end'
