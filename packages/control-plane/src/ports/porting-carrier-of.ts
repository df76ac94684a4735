import type { Context } from '../context.ts'
import { manualPortingCarrier } from './manual-porting-carrier.ts'
import type { PortingCarrier } from './porting-carrier.ts'
import { sandboxPortingCarrier } from './sandbox-porting-carrier.ts'

/** Without the sandbox a port is real work of real people; with it the sandbox plays the other carriers. */
export function portingCarrierOf(context: Pick<Context, 'settings'>): PortingCarrier {
  const { sandbox, environment } = context.settings
  return (sandbox ?? environment !== 'production') ? sandboxPortingCarrier : manualPortingCarrier
}
