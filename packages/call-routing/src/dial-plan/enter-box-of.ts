import type { CallScene } from '../call-scene.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { CALL_CODES } from './call-codes.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { matchRule } from './match-rule.ts'

/** A caller is sent straight to a box, as a line does it by the code of the partition. @returns undefined for anything else: no other code is for callers */
export function enterBoxOf(scene: CallScene, written: string): RouteVerdict | undefined {
  if (!written.startsWith('*')) return undefined
  const { dialPlanRules } = scene.snapshot.services
  const matched = matchRule(dialPlanRules.length === 0 ? DEFAULT_RULES : dialPlanRules, written)
  return matched?.rule.action === 'DirectToVoicemail' ? CALL_CODES['DirectToVoicemail']?.(scene, matched) : undefined
}
