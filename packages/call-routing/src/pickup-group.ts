/** Whoever is in it may answer what rings at another one of it. */
export interface RoutingPickupGroup {
  readonly id: string
  readonly name: string
  readonly userIds: readonly string[]
  readonly lineIds: readonly string[]
}
