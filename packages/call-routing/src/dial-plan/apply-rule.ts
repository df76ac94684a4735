import { normalizePhoneNumber } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import { followDestination } from '../destinations/follow-destination.ts'
import { toggleAgent } from '../originating/agent-codes.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { CALL_CODES } from './call-codes.ts'
import type { DialPlanRule, MatchedRule } from './dial-plan-rule.ts'
import { PICKUP_CODES } from './pickup-codes.ts'
import { changeSetting } from './setting-codes.ts'

/** The rule of the trace that tells it. */
export const NO_CALL_WAITING = 'call-waiting-once'

/** A rule decides, or something else is dialed in its place. */
export type Applied = { readonly verdict: RouteVerdict } | { readonly scene: CallScene; readonly dialed: string }

/** What is called when the rule itself names no number. */
const SERVICE_NUMBERS: Readonly<Record<string, string>> = { CallNonEmergencyServices: '311', CallPublicServices: '211', CallCanadaHealthServices: '811' }

const TAKING = { ...CALL_CODES, ...PICKUP_CODES }

/** What the switch does not do, whatever the rules say. */
const NOT_PROVIDED: ReadonlySet<string> = new Set(['GroupForwarding'])

/** Does what the rule of the partition says (public-spec section 12). 911 and 933 were decided before. */
export function applyRule(scene: CallScene, matched: MatchedRule): Applied {
  const { rule, ending } = matched
  scene.trace.note('dial-plan-rule', rule.action, { mask: rule.mask, ending })
  if (NOT_PROVIDED.has(rule.action)) {
    scene.trace.note('dial-plan-rule', 'this action is not provided here', { action: rule.action })
    return { verdict: reject('FeatureNotProvided') }
  }
  const isForThisCall = rule.action === 'CallWaitingDisable' && ending !== ''
  const changed = isForThisCall ? undefined : changeSetting(scene, matched)
  if (changed !== undefined) return { verdict: changed }
  const shown = showCaller(scene, rule)
  if (isForThisCall || rule.disablesCallWaiting === true) scene.trace.note(NO_CALL_WAITING, 'off for the time of this call', { mask: rule.mask })
  if (isForThisCall) return { scene: shown, dialed: ending }
  const enter = Object.hasOwn(TAKING, rule.action) ? TAKING[rule.action] : undefined
  if (enter !== undefined) return { verdict: enter(shown, matched) }
  switch (rule.action) {
    case 'TranslateAndReapplyDialPlan':
      return { scene: shown, dialed: translated(scene, matched) }
    case 'GroupLoginLogout':
      return { verdict: toggleAgent(scene, ending) ?? reject('FeatureNotAvailable') }
    case 'CallerIdBlockManage':
      if (scene.callerIdOnce !== undefined) return { verdict: reject('UnknownFeatureCode') }
      // Nothing to call: the code holds for one call (47 CFR 64.1601(b)).
      return ending === '' ? { verdict: reject('NotAllowedByDialPlan', INCOMPLETE) } : { scene: shown, dialed: ending }
    case 'CallOutboundNumber':
    case 'CallCustomerServiceHuntGroup':
    case 'CallNonEmergencyServices':
    case 'CallPublicServices':
    case 'CallCanadaHealthServices':
      return callNumber(shown, rule)
    default:
      scene.trace.note('dial-plan-rule', 'the code does nothing', { action: rule.action })
      return { verdict: reject('UnknownFeatureCode') }
  }
}

const INCOMPLETE = { statusCode: 484, reasonPhrase: 'Address Incomplete' }

function showCaller(scene: CallScene, { callerId, callerNumber }: DialPlanRule): CallScene {
  if (callerId === undefined && callerNumber === undefined) return scene
  scene.trace.note('caller-id-once', callerId ?? 'another number', { number: callerNumber })
  return { ...scene, callerIdOnce: callerId ?? scene.callerIdOnce, callerNumberOnce: callerNumber ?? scene.callerNumberOnce }
}

function translated({ snapshot }: CallScene, { rule, ending }: MatchedRule): string {
  const macro = rule.macro ?? rule.callNumber ?? ending
  return macro.replaceAll('{ending}', ending).replaceAll('{areacode}', snapshot.homeAreaCode ?? '')
}

/** A number outside, an extension, or a short code that a carrier completes. */
function callNumber(scene: CallScene, rule: DialPlanRule): Applied {
  const written = rule.callNumber ?? SERVICE_NUMBERS[rule.action]
  if (written === undefined || written === '') {
    scene.trace.note('dial-plan-rule', 'the rule names no number to call')
    return { verdict: reject('FeatureNotAvailable') }
  }
  const number = normalizePhoneNumber(written)
  if (number !== undefined) return { verdict: followDestination(scene, { kind: 'number', number, diversion: undefined }) }
  return { scene, dialed: written }
}
