import type { Modulation } from '../ifp-packet.ts'
import type { QamModulation } from './qam-modulation.ts'
import { V27TER_2400, V27TER_4800 } from './v27ter.ts'
import { V29_7200, V29_9600 } from './v29.ts'

const MODULATIONS: Readonly<Partial<Record<Modulation, QamModulation>>> = {
  'v27-2400': V27TER_2400,
  'v27-4800': V27TER_4800,
  'v29-7200': V29_7200,
  'v29-9600': V29_9600,
}

/** Of what pictures come by. There is none of V.17, which is never offered: V.27 ter at its lower rate is what every machine has. */
export function modulationNamed(name: Modulation | undefined): QamModulation {
  return (name === undefined ? undefined : MODULATIONS[name]) ?? V27TER_2400
}
