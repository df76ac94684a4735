/** The 48 things a dialed star code can do (public-spec 12). */
export const DIAL_PLAN_ACTIONS = [
  'TranslateAndReapplyDialPlan', 'CallOutboundNumber', 'CallCustomerServiceHuntGroup', 'Callback', 'CallForwardingAlways', 'CallForwardingOnBusy', 'CallForwardingOnNoAnswer',
  'CallForwardingOnUnregistered', 'CallNonEmergencyServices', 'CallPublicServices', 'CallCanadaHealthServices', 'CallerIdBlockManage', 'EnterVoiceMail', 'DirectToVoicemail',
  'CallWaitingEnable', 'CallWaitingDisable', 'AnonymousCallRejectEnable', 'AnonymousCallRejectDisable', 'AnonymousCallRejectWithInterceptEnable',
  'AnonymousCallRejectWithInterceptDisable', 'SelectiveCallAcceptEnable', 'SelectiveCallAcceptDisable', 'SpecificCallerBlock', 'SpecificCallerBlockWithIntercept',
  'SpecificCallerAllow', 'SpecificCallerVipRing', 'SpecificCallerForwardEnable', 'AccountAnonymousCallRejectEnable', 'AccountAnonymousCallRejectDisable',
  'AccountAnonymousCallRejectWithInterceptEnable', 'AccountAnonymousCallRejectWithInterceptDisable', 'AccountSelectiveCallAcceptEnable', 'AccountSelectiveCallAcceptDisable',
  'AccountSpecificCallerBlock', 'AccountSpecificCallerAllow', 'AccountSpecificCallerBlockWithIntercept', 'DoNotDisturbEnable', 'DoNotDisturbDisable', 'PickupInDirectory', 'CallTrace',
  'ParkCall', 'ParkCallRetrieval', 'DirectedCallPickUp', 'GroupPickup', 'ReservedForHuntGroup', 'GroupForwarding', 'CallPull', 'GroupLoginLogout',
] as const // prettier-ignore

export type DialPlanAction = (typeof DIAL_PLAN_ACTIONS)[number]

/** Actions that change where every call goes: left out of the list unless `includeRestricted` is asked for. The specification does not name them; this is our reading. */
const RESTRICTED: ReadonlySet<DialPlanAction> = new Set([
  'TranslateAndReapplyDialPlan',
  'CallOutboundNumber',
  'CallCustomerServiceHuntGroup',
  'ReservedForHuntGroup',
])

export function dialPlanActions(includeRestricted: boolean): readonly DialPlanAction[] {
  return includeRestricted ? DIAL_PLAN_ACTIONS : DIAL_PLAN_ACTIONS.filter((action) => !RESTRICTED.has(action))
}
