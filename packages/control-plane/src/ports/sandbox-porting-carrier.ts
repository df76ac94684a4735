import { isTollFree } from '@dialtone/numbering'
import { instantAt } from '../business-days/index.ts'
import type { PortFacts, PortRejection, WireType } from './port.ts'
import type { Portability, PortingCarrier } from './porting-carrier.ts'

const HOUR_MS = 3_600_000
/** The losing carrier has one day to answer (47 CFR 52.35: a firm order confirmation within 24 hours for a simple port). */
const ANSWER_MS = 24 * HOUR_MS
const TRIGGER_MS = HOUR_MS / 4
/** When carriers cut over on the day agreed, in the customer's zone. */
const CUT_OVER_TIME = '10:00'

const NAME_MISMATCH: PortRejection = {
  code: 'NAME_MISMATCH',
  message: 'The name and the account number do not belong together at the losing carrier.',
  editableFields: ['name', 'wirelessAccountNumber', 'crdDate'],
}
const PIN_MISMATCH: PortRejection = {
  code: 'PIN_MISMATCH',
  message: 'The PIN is not the one of the losing carrier.',
  editableFields: ['wirelessPin', 'crdDate'],
}

/**
 * The carrier of the sandbox. It asks nobody: a rule on the request decides, so that every course of a port can be tried. An account
 * number ending in 0000 is refused for its name, the PIN 9999 for the PIN; everything else is agreed to a day later, begins at
 * midnight of the day agreed and is done at ten. Lines 77xx count as mobile, 88xx as residential; a national number ending in
 * 5550102, which the sandbox PSTN does not know either, cannot be ported.
 */
export const sandboxPortingCarrier: PortingCarrier = {
  portability,
  nextStepAt: (port) => {
    switch (port.status) {
      case 'PENDING':
        return port.submittedAtMs + ANSWER_MS
      case 'APPROVED':
        return port.triggeredAtMs ?? Math.max(instantAt(port.crdDate, '00:00', port.timeZone), port.submittedAtMs + ANSWER_MS)
      case 'IN_PROGRESS':
        if (port.triggeredAtMs !== undefined) return port.triggeredAtMs + TRIGGER_MS
        return port.isHotCut ? undefined : (port.focAtMs ?? instantAt(port.crdDate, CUT_OVER_TIME, port.timeZone))
      default:
        return undefined
    }
  },
  step: (port) => {
    if (port.status === 'PENDING') return answer(port)
    return port.status === 'APPROVED' ? { status: 'IN_PROGRESS' } : { status: 'COMPLETED' }
  },
}

function answer(port: PortFacts): ReturnType<PortingCarrier['step']> {
  if (port.accountNumber.endsWith('0000')) return { status: 'REJECTED', rejection: NAME_MISMATCH }
  if (port.pin === '9999') return { status: 'REJECTED', rejection: PIN_MISMATCH }
  return { status: 'APPROVED', focAtMs: instantAt(port.crdDate, CUT_OVER_TIME, port.timeZone) }
}

/** Ends like the number the sandbox PSTN answers 404 for. */
const UNALLOCATED = '5550102'
const CARRIERS = ['AT&T', 'Verizon', 'Lumen', 'Frontier', 'Windstream'] as const
const MOBILE_CARRIERS = ['T-Mobile', 'Verizon Wireless', 'AT&T Mobility'] as const

function portability(phoneNumber: string): Portability {
  const line = phoneNumber.slice(-4)
  const lineType = line.startsWith('77') && !isTollFree(phoneNumber) ? 'WIRELESS' : line.startsWith('88') ? 'RESIDENTIAL' : 'BUSINESS'
  const wireType: WireType = lineType === 'WIRELESS' ? 'Wireless' : 'Wireline'
  const choices = lineType === 'WIRELESS' ? MOBILE_CARRIERS : CARRIERS
  // One exchange, one carrier: the numbers of a customer are at the same one. 607 is AT&T's, as in S2-21.
  const currentCarrier = choices[(Number(phoneNumber.slice(1, 4)) - 607 + choices.length * 200) % choices.length] ?? choices[0]
  const portable = !phoneNumber.endsWith(UNALLOCATED)
  return { portable, ...(portable ? {} : { reason: 'No carrier serves this number.' }), currentCarrier, lineType, wireType }
}
