import type { PortingCarrier } from './porting-carrier.ts'

/**
 * Where no carrier with an interface is contracted: ports are sent by people, who write down what they hear back (`decidePort`). Nothing
 * happens by itself, and nothing is known of a number before the losing carrier says it.
 */
export const manualPortingCarrier: PortingCarrier = {
  isManual: true,
  portability: () => ({ portable: true, currentCarrier: '', lineType: 'BUSINESS', wireType: 'Wireline' }),
  nextStepAt: () => undefined,
  step: () => {
    throw new Error('a port that people drive has no step of its own')
  },
}
