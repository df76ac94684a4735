/** A star code that switches a forward of a hunt group on and off (public-spec section 11). */
export interface RoutingForwardCode {
  readonly configurationId: string
  readonly huntGroupId: string
  /** VARIABLE: the number may be dialed behind the code; FIXED: it is always the same. */
  readonly type: 'VARIABLE' | 'FIXED'
  readonly isActive: boolean
}
