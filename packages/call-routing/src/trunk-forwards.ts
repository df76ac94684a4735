import type { CallTarget } from './account-services.ts'

/** Where calls of a customer's trunk, or of a group of trunks, go instead (public-spec section 11). */
export interface RoutingTrunkForwards {
  readonly always: CallTarget | undefined
  /** In order, when the PBX cannot be had or does not answer. */
  readonly onFailure: readonly CallTarget[]
  /** In order, when all call paths are taken. */
  readonly onCapacityExceeded: readonly CallTarget[]
}

/** Trunks that carry the calls of one customer together. */
export interface RoutingTrunkGroup {
  readonly id: string
  readonly name: string
  /** In the order they are tried. */
  readonly trunkIds: readonly string[]
  readonly forwards: RoutingTrunkForwards
}
