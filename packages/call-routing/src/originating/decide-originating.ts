import { areaCodeOf, dialedKeys, interpretDialedDigits } from '@dialtone/numbering'
import type { DialedNumber } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import type { Destination } from '../destinations/destination.ts'
import { followDestination } from '../destinations/follow-destination.ts'
import { hasExtension, readExtension } from '../destinations/read-target.ts'
import { reject } from '../reject.ts'
import { enterAgentCode } from './agent-codes.ts'
import { applyRule } from '../dial-plan/apply-rule.ts'
import { DEFAULT_RULES, VOICEMAIL_RULES } from '../dial-plan/default-rules.ts'
import type { MatchedRule } from '../dial-plan/dial-plan-rule.ts'
import { matchRule } from '../dial-plan/match-rule.ts'
import { decideEmergency } from './decide-emergency.ts'
import type { RejectVerdict, RouteVerdict } from '../route-decision.ts'
import { enterForwardCode } from './forward-codes.ts'
import { readCallerIdOnce } from './caller-id-once.ts'
import { checkTrunkCaller } from './check-trunk-caller.ts'

/** What a rule makes of digits may be a rule again, so often. */
const MAX_TRANSLATIONS = 4

/** A line dials: what do the digits mean to its partition and its account, and where does that lead. */
export function decideOriginating(scene: CallScene, dialed: string, translations = 0): RouteVerdict {
  const { trace } = scene
  const matched = translations >= MAX_TRANSLATIONS ? undefined : ruleFor(scene, dialed)
  if (matched !== undefined) {
    const full = checkTrunkCaller(scene, { kind: 'star', code: '', rest: matched.ending })
    if (full !== undefined) return full
    const applied = applyRule(scene, matched)
    return 'verdict' in applied ? applied.verdict : decideTranslated(applied.scene, applied.dialed, translations + 1)
  }
  const understood = understand(scene, dialed)
  trace.note('dial-plan', understood.kind, { dialed, behavior: scene.snapshot.dialingBehavior, ...understood })
  const once = scene.callerIdOnce === undefined ? readCallerIdOnce(scene, understood) : undefined
  if (once !== undefined) return decideTranslated(once.scene, once.dialed, translations)
  const refused = checkTrunkCaller(scene, understood)
  if (refused !== undefined) return refused
  if (understood.kind === 'star') return enterCode(scene, `*${understood.code}`, understood.rest)
  const destination = destinationOf(scene, understood)
  return destination.kind === 'reject' ? destination : followDestination(scene, destination)
}

/** Whatever the digits were before: a call for help is one (47 CFR 9.16). */
function decideTranslated(scene: CallScene, dialed: string, translations: number): RouteVerdict {
  const { call } = scene.facts
  const emergency = call.direction === 'originating' ? decideEmergency(scene.snapshot, { ...scene.facts, call: { ...call, dialed } }, scene.trace) : undefined
  return emergency ?? decideOriginating(scene, dialed, translations)
}

/** Star codes of hunt groups come before those of the partition: the account has chosen them. A PBX has a dial plan of its own for everything else. */
function ruleFor({ snapshot, caller }: CallScene, dialed: string): MatchedRule | undefined {
  const keys = dialedKeys(dialed)
  for (const code of snapshot.services.forwardCodes.keys()) if (keys.startsWith(code)) return undefined
  const { dialPlanRules } = snapshot.services
  const matched = dialPlanRules.length === 0 ? matchRule(DEFAULT_RULES, keys) : (matchRule(dialPlanRules, keys) ?? matchRule(VOICEMAIL_RULES, keys))
  return caller.kind === 'line' && caller.line.trunk !== undefined && !keys.startsWith('*') ? undefined : matched
}

function understand(scene: CallScene, dialed: string): DialedNumber {
  const { snapshot } = scene
  return interpretDialedDigits({
    dialed,
    behavior: snapshot.dialingBehavior,
    extensionLength: snapshot.extensionLength,
    homeAreaCode: homeAreaCodeOf(scene),
    extensionExists: (extension) => hasExtension(snapshot, extension),
  })
}

/** Codes of hunt groups, and those of agents; all others are rules. */
function enterCode(scene: CallScene, code: string, rest: string): RouteVerdict {
  const entered = enterForwardCode(scene, code, rest) ?? enterAgentCode(scene, code, rest)
  if (entered !== undefined) return entered
  scene.trace.note('feature-code', 'unknown', { code })
  return reject('UnknownFeatureCode')
}

/** Seven digits are completed as the trunk's primary number begins (S1-118), else as most numbers of the account do. */
function homeAreaCodeOf({ caller, snapshot }: CallScene): string | undefined {
  const primary = caller.kind === 'line' ? caller.line.trunk?.primaryNumber : undefined
  return (primary === undefined ? undefined : areaCodeOf(primary)) ?? snapshot.homeAreaCode
}

function destinationOf(scene: CallScene, understood: Exclude<DialedNumber, { kind: 'star' }>): Destination | RejectVerdict {
  switch (understood.kind) {
    case 'extension':
      return readExtension(scene.snapshot, understood.extension, undefined) ?? reject('UnknownExtension')
    case 'number':
      return { kind: 'number', number: understood.number, diversion: undefined }
    case 'service':
      return { kind: 'short-code', digits: understood.code }
    case 'operator':
      return { kind: 'short-code', digits: understood.digits }
    case 'emergency': // decided long before; here only so that it can never fall through to a refusal
      return { kind: 'short-code', digits: understood.service }
    case 'unrecognized': {
      const incomplete = understood.reason === 'Incomplete' || understood.reason === 'Empty'
      return reject('NotAllowedByDialPlan', incomplete ? { statusCode: 484, reasonPhrase: 'Address Incomplete' } : undefined)
    }
  }
}
