import type { DialPlanRule, MatchedRule } from './dial-plan-rule.ts'

/** Nothing that can be dialed is longer. */
const LONGEST_ENDING = 32

/** Actions that something is dialed for after the code; after all others nothing is. */
const WITH_ENDING: ReadonlySet<string> = new Set([
  'TranslateAndReapplyDialPlan', 'CallForwardingAlways', 'CallForwardingOnBusy', 'CallForwardingOnNoAnswer', 'CallForwardingOnUnregistered', 'CallerIdBlockManage', 'CallWaitingDisable',
  'EnterVoiceMail', 'DirectToVoicemail', 'SpecificCallerBlock', 'SpecificCallerBlockWithIntercept', 'SpecificCallerAllow', 'SpecificCallerVipRing',
  'SpecificCallerForwardEnable', 'AccountSpecificCallerBlock', 'AccountSpecificCallerAllow', 'AccountSpecificCallerBlockWithIntercept', 'ParkCall', 'ParkCallRetrieval',
  'DirectedCallPickUp', 'GroupLoginLogout',
]) // prettier-ignore

/** The rule for what was dialed: the longest mask that fits, the first of several. @param keys digits, `*` and `#` */
export function matchRule(rules: readonly DialPlanRule[], keys: string): MatchedRule | undefined {
  let best: MatchedRule | undefined
  for (const rule of rules) {
    if (rule.mask.length <= (best?.rule.mask.length ?? 0) || !beginsWith(keys, rule.mask)) continue
    const ending = keys.slice(rule.mask.length)
    if (fits(rule, ending)) best = { rule, ending }
  }
  return best
}

function beginsWith(keys: string, mask: string): boolean {
  if (keys.length < mask.length) return false
  return Array.from(mask).every((wanted, index) => (wanted === 'x' || wanted === 'X' ? /\d/.test(keys.charAt(index)) : keys.charAt(index) === wanted))
}

function fits({ action, minEnding = 0, maxEnding }: DialPlanRule, ending: string): boolean {
  const longest = maxEnding ?? (WITH_ENDING.has(action) ? LONGEST_ENDING : 0)
  return ending.length >= minEnding && ending.length <= longest
}
