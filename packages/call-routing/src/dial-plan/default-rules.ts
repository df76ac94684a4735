import type { DialPlanRule } from './dial-plan-rule.ts'

const NOTHING_ELSE = {
  minEnding: undefined,
  maxEnding: undefined,
  callNumber: undefined,
  macro: undefined,
  callerId: undefined,
  callerNumber: undefined,
} as const

function rule(mask: string, action: string, more: Partial<DialPlanRule> = {}): DialPlanRule {
  return { mask, action, ...NOTHING_ELSE, ...more }
}

const ON = { minEnding: 0, maxEnding: 32 } as const
/** Nothing may follow: the forward is switched off. */
const OFF = { minEnding: 0, maxEnding: 0 } as const

/** The codes of a partition that has set none: the vertical service codes of the NANP, and what PBXs have long used for the rest. */
export const DEFAULT_RULES: readonly DialPlanRule[] = [
  rule('*11', 'CallPull'),
  rule('*43', 'CallWaitingEnable'),
  rule('*55', 'DirectToVoicemail'),
  rule('*57', 'CallTrace'),
  rule('*58', 'GroupPickup'),
  rule('*59', 'DirectedCallPickUp'),
  rule('*60', 'SpecificCallerBlock'),
  rule('*61', 'SpecificCallerVipRing'),
  rule('*63', 'SpecificCallerForwardEnable'),
  rule('*64', 'SelectiveCallAcceptEnable'),
  rule('*67', 'CallerIdBlockManage', { callerId: 'hidden' }),
  rule('*68', 'ParkCall'),
  rule('*69', 'Callback'),
  rule('*70', 'CallWaitingDisable'),
  rule('*72', 'CallForwardingAlways', ON),
  rule('*73', 'CallForwardingAlways', OFF),
  rule('*77', 'AnonymousCallRejectWithInterceptEnable'),
  rule('*78', 'DoNotDisturbEnable'),
  rule('*79', 'DoNotDisturbDisable'),
  rule('*82', 'CallerIdBlockManage', { callerId: 'shown' }),
  rule('*84', 'SelectiveCallAcceptDisable'),
  rule('*87', 'AnonymousCallRejectWithInterceptDisable'),
  rule('*88', 'ParkCallRetrieval'),
  rule('*90', 'CallForwardingOnBusy', ON),
  rule('*91', 'CallForwardingOnBusy', OFF),
  rule('*92', 'CallForwardingOnNoAnswer', ON),
  rule('*93', 'CallForwardingOnNoAnswer', OFF),
  rule('*94', 'CallForwardingOnUnregistered', ON),
  rule('*95', 'CallForwardingOnUnregistered', OFF),
  rule('*97', 'EnterVoiceMail', { maxEnding: 0 }),
  // Any box: the caller says which.
  rule('*98', 'EnterVoiceMail', { maxEnding: 0, callNumber: 'x' }),
]

/** Voicemail answers at its codes whatever rules a partition has, unless one of them takes the code for something else. */
export const VOICEMAIL_RULES: readonly DialPlanRule[] = DEFAULT_RULES.filter(({ action }) => action === 'EnterVoiceMail')
