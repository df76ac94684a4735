import { normalizePhoneNumber } from '@dialtone/numbering'
import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { readWritten } from '../destinations/read-target.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { DialPlanRule, MatchedRule } from './dial-plan-rule.ts'
import { lastCallerOf } from './last-caller.ts'
import type { ForwardWhen, ScreenAction, SettingChange } from './setting-change.ts'

type Make = (scene: CallScene, matched: MatchedRule, user: RoutingUser) => SettingChange | 'refused'

const FORWARDS: Readonly<Record<string, ForwardWhen>> = {
  CallForwardingAlways: 'always',
  CallForwardingOnBusy: 'busy',
  CallForwardingOnNoAnswer: 'no-answer',
  CallForwardingOnUnregistered: 'unregistered',
}

const on =
  (setting: 'do-not-disturb' | 'call-waiting', isOn: boolean): Make =>
  () => ({ setting, isOn })
const screen =
  (of: 'user' | 'account', callers: 'anonymous' | 'others', action: ScreenAction): Make =>
  () => ({ setting: 'screening', of, callers, action })
const screenOne =
  (of: 'user' | 'account', action: ScreenAction): Make =>
  (scene, matched) =>
    screenSingle(scene, matched, of, action)

/** The actions that change a setting for good, as the same change over HTTP does. */
const CHANGES: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(
    Object.entries(FORWARDS).map(([action, when]): [string, Make] => [action, (scene, matched, user) => forward(scene, matched, user, when)]),
  ),
  DoNotDisturbEnable: on('do-not-disturb', true),
  DoNotDisturbDisable: on('do-not-disturb', false),
  CallWaitingEnable: on('call-waiting', true),
  CallWaitingDisable: on('call-waiting', false),
  AnonymousCallRejectEnable: screen('user', 'anonymous', 'Block'),
  AnonymousCallRejectDisable: screen('user', 'anonymous', 'Allow'),
  AnonymousCallRejectWithInterceptEnable: screen('user', 'anonymous', 'BlockWithPrompt'),
  AnonymousCallRejectWithInterceptDisable: screen('user', 'anonymous', 'Allow'),
  // Only single callers that are let in by name get through.
  SelectiveCallAcceptEnable: screen('user', 'others', 'Block'),
  SelectiveCallAcceptDisable: screen('user', 'others', 'Allow'),
  SpecificCallerBlock: screenOne('user', 'Block'),
  SpecificCallerBlockWithIntercept: screenOne('user', 'BlockWithPrompt'),
  SpecificCallerAllow: screenOne('user', 'Allow'),
  SpecificCallerVipRing: screenOne('user', 'VipRing'),
  SpecificCallerForwardEnable: screenOne('user', 'Forward'),
  AccountAnonymousCallRejectEnable: screen('account', 'anonymous', 'Block'),
  AccountAnonymousCallRejectDisable: screen('account', 'anonymous', 'Allow'),
  AccountAnonymousCallRejectWithInterceptEnable: screen('account', 'anonymous', 'BlockWithPrompt'),
  AccountAnonymousCallRejectWithInterceptDisable: screen('account', 'anonymous', 'Allow'),
  AccountSelectiveCallAcceptEnable: screen('account', 'others', 'Block'),
  AccountSelectiveCallAcceptDisable: screen('account', 'others', 'Allow'),
  AccountSpecificCallerBlock: screenOne('account', 'Block'),
  AccountSpecificCallerAllow: screenOne('account', 'Allow'),
  AccountSpecificCallerBlockWithIntercept: screenOne('account', 'BlockWithPrompt'),
}

/** @returns undefined when the action changes no setting */
export function changeSetting(scene: CallScene, matched: MatchedRule): RouteVerdict | undefined {
  const { caller, facts, trace } = scene
  const make = Object.hasOwn(CHANGES, matched.rule.action) ? CHANGES[matched.rule.action] : undefined
  if (make === undefined) return undefined
  const user = caller.kind === 'line' ? caller.user : undefined
  if (user === undefined || facts.canServe === false) {
    trace.note('setting', user === undefined ? "the line is nobody's: there are no settings to change" : 'skipped: this switch has no services')
    return reject('FeatureNotAvailable')
  }
  const target = `setting:${matched.rule.action}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  const change = make(scene, matched, user)
  if (change === 'refused') return reject('NotAllowedByDialPlan')
  trace.note('setting', 'is switched', { userId: user.id, ...change })
  const service = { kind: 'switch-setting', userId: user.id, change } as const
  return { kind: 'serve', service, target, userId: user.id, caller: callerToInside(scene), calledNumber: dialedWith(matched), diversion: undefined }
}

export function dialedWith({ rule, ending }: MatchedRule): string {
  return `${rule.mask}${ending}`
}

/** On with a number after the code; alone it is switched off where only that fits, or while it is on, and else asks for the number. */
function forward({ snapshot, trace }: CallScene, { rule, ending }: MatchedRule, user: RoutingUser, when: ForwardWhen): SettingChange | 'refused' {
  if (ending === '') return { setting: 'forward', when, isOn: rule.maxEnding !== 0 && (isExplicit(rule) || !isForwarded(user, when)), to: undefined }
  if (readWritten(snapshot, ending, undefined) !== undefined) return { setting: 'forward', when, isOn: true, to: ending }
  trace.note('setting', 'what follows the code is nothing calls can be sent to', { ending })
  return 'refused'
}

/** Another code switches it off. */
function isExplicit({ minEnding, maxEnding }: DialPlanRule): boolean {
  return minEnding !== undefined && maxEnding !== undefined
}

function isForwarded({ callHandling }: RoutingUser, when: ForwardWhen): boolean {
  if (when === 'always') return callHandling.optionType === 'ForwardAlways'
  const action = when === 'busy' ? callHandling.busy : when === 'no-answer' ? callHandling.noAnswer : callHandling.unregistered
  return action.type === 'Forward'
}

/** The number after the code, or that of the last caller. */
function screenSingle(scene: CallScene, { ending }: MatchedRule, of: 'user' | 'account', action: ScreenAction): SettingChange | 'refused' {
  const written = ending === '' ? lastCallerOf(scene)?.number : ending
  const number = written === undefined ? undefined : normalizePhoneNumber(written)
  if (number !== undefined) return { setting: 'screening', of, callers: number, action }
  scene.trace.note('setting', ending === '' ? 'nobody has called, or not with a telephone number' : 'what follows the code is no telephone number', { ending })
  return 'refused'
}
