import type { PortFacts, PortRejection, WireType } from './port.ts'

/** Whether a number can be brought here, and what is known of where it is. */
export interface Portability {
  readonly portable: boolean
  /** Why not. */
  readonly reason?: string
  readonly currentCarrier: string
  readonly lineType: 'BUSINESS' | 'RESIDENTIAL' | 'WIRELESS'
  readonly wireType: WireType
}

/** What happens to a port next. */
export type PortStep =
  | { readonly status: 'APPROVED'; readonly focAtMs: number }
  | { readonly status: 'REJECTED'; readonly rejection: PortRejection }
  | { readonly status: 'IN_PROGRESS' }
  | { readonly status: 'COMPLETED' }

/** The carrier that ports numbers in for us, as the platform asks it. */
export interface PortingCarrier {
  /** People tell what happens: nothing is due by the clock. */
  readonly isManual?: true
  portability(phoneNumber: string): Portability
  /** @returns when the next step is due, milliseconds since 1970; undefined when it waits for us, or nothing follows. */
  nextStepAt(port: PortFacts): number | undefined
  /** The step that is due. Asked only after `nextStepAt`. */
  step(port: PortFacts): PortStep
}
