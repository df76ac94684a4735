import type { MenuSound } from './menu.ts'

/** Where a call waits until somebody fetches it from any phone of the account (S0-51, S0-59). */
export interface RoutingParkingSpot {
  readonly id: string
  readonly name: string
  /** What is dialed. */
  readonly spotNumber: string
  /** After that the call rings where it was parked from. */
  readonly timeoutSeconds: number
  /** What is heard meanwhile; empty: the music of the platform. */
  readonly music: readonly MenuSound[]
}
