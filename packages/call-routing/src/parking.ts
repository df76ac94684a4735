import type { CallTarget } from './account-services.ts'
import type { MenuSound } from './menu.ts'

/** Where a call waits until somebody fetches it from any phone of the account (S0-51, S0-59). */
export interface RoutingParkingSpot {
  readonly id: string
  readonly name: string
  /** What is dialed. */
  readonly spotNumber: string
  /** After that the call rings at who parked it. */
  readonly timeoutSeconds: number
  /** What is heard meanwhile; empty: the music of the platform. */
  readonly music: readonly MenuSound[]
  /** Where it goes when nobody takes it back; undefined: it waits on. */
  readonly overflow?: CallTarget | undefined
}
