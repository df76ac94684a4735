import type { NumberRule } from '@dialtone/numbering'
import type { CarrierNumberRules } from '@dialtone/softswitch'
import Type, { type Static } from 'typebox'
import { named } from '../http/index.ts'

const RuleFields = {
  prefix: Type.String({ maxLength: 24 }),
  minLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  maxLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  strip: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  prepend: Type.Optional(Type.String({ maxLength: 24 })),
}
const Rules = Type.Optional(Type.Array(Type.Object(RuleFields), { maxItems: 100 }))

/** How numbers look at the carrier, each way: the first rule that fits a number by its beginning and length. */
export const NumberRulesBody = named(
  'CarrierNumberRules',
  Type.Object({ outboundCalled: Rules, outboundCaller: Rules, inboundCalled: Rules, inboundCaller: Rules }),
)

/** The rule that was applied, and which one it is of its list, from 0. */
export const AppliedRule = named('AppliedNumberRule', Type.Object({ index: Type.Integer(), ...RuleFields }))

const KINDS = ['outboundCalled', 'outboundCaller', 'inboundCalled', 'inboundCaller'] as const

export function numberRulesFrom(given: Static<typeof NumberRulesBody>): CarrierNumberRules {
  const kinds = KINDS.flatMap((kind) => {
    const rules = given[kind]?.map(({ strip = 0, prepend = '', ...rest }): NumberRule => ({ ...rest, strip, prepend }))
    return rules === undefined ? [] : [[kind, rules] as const]
  })
  return Object.fromEntries(kinds)
}

export function appliedRule(rules: readonly NumberRule[] | undefined, index: number | undefined): Static<typeof AppliedRule> | undefined {
  const rule = index === undefined ? undefined : rules?.[index]
  if (rule === undefined || index === undefined) return undefined
  const { prefix, minLength, maxLength, strip, prepend } = rule
  return { index, prefix, strip, prepend, ...(minLength === undefined ? {} : { minLength }), ...(maxLength === undefined ? {} : { maxLength }) }
}
