import type { MenuSound } from './menu.ts'

/** A room of an account where callers talk to each other. */
export interface RoutingConferenceRoom {
  readonly id: string
  readonly name: string
  /** Digits a caller has to know; undefined: everybody may come in. */
  readonly pin: string | undefined
  readonly maxParties: number
  /** Everybody hears a tone when somebody comes or leaves. */
  readonly hasTones: boolean
  /** What who is alone hears; none: the platform's. */
  readonly music: readonly MenuSound[]
}
