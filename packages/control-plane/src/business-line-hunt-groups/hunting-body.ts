import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ApiFailure, fieldRequired, invalidFields } from '../failures/index.ts'
import { named, oneOf } from '../http/index.ts'
import { type Hunting, huntingProblems, type Member, type Strategy } from './hunt-group.ts'

/** The last one is ours (C-57). */
const TYPES = ['LinearHuntingConfiguration', 'SequentialHuntingConfiguration', 'SimultaneousHuntingConfiguration', 'RoundRobinHuntingConfiguration'] as const
const STRATEGY_OF: Readonly<Record<(typeof TYPES)[number], Strategy>> = {
  LinearHuntingConfiguration: 'LINEAR',
  SequentialHuntingConfiguration: 'SEQUENTIAL',
  SimultaneousHuntingConfiguration: 'SIMULTANEOUS',
  RoundRobinHuntingConfiguration: 'ROUND_ROBIN',
}
const MAX_MEMBERS = 500
const MAX_SECONDS = 3600
const MAX_ORDER = 2_147_483_647
const DEFAULT_RING_SECONDS = 20

const Seconds = Type.Integer({ minimum: 0, maximum: MAX_SECONDS })
const MemberId = Type.String({ minLength: 1, maxLength: 64 })
const MemberSchema = named(
  'HuntGroupMember',
  Type.Object({
    businessLineId: MemberId,
    ringTimeoutSeconds: Type.Optional(Seconds),
    sequenceOrder: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_ORDER })),
  }),
)

/** A union by `@type`; of a simultaneous one the members are ids alone. */
export const HuntingConfiguration = named(
  'HuntingConfiguration',
  Type.Object({
    '@type': oneOf(TYPES),
    ringTimeoutSeconds: Type.Optional(Seconds),
    members: Type.Optional(Type.Array(Type.Union([MemberId, MemberSchema]), { minItems: 1, maxItems: MAX_MEMBERS })),
  }),
)
type Body = Static<typeof HuntingConfiguration>

export function readHunting(body: Body): Result<Hunting, ApiFailure> {
  const strategy = STRATEGY_OF[body['@type']]
  if (strategy !== 'SEQUENTIAL' && body.ringTimeoutSeconds === undefined) return err(fieldRequired('huntingConfiguration.ringTimeoutSeconds'))
  if (strategy === 'SIMULTANEOUS' && body.members === undefined) return err(fieldRequired('huntingConfiguration.members'))
  const ringTimeoutSeconds = body.ringTimeoutSeconds ?? DEFAULT_RING_SECONDS
  const members = (body.members ?? []).map((member, position): Member | string => {
    const given = typeof member === 'string' ? { businessLineId: member } : member
    const { businessLineId, sequenceOrder = strategy === 'SIMULTANEOUS' ? position : undefined, ringTimeoutSeconds: own } = given
    if (sequenceOrder === undefined) return `huntingConfiguration.members.${position}.sequenceOrder`
    if (strategy === 'SEQUENTIAL' && own === undefined) return `huntingConfiguration.members.${position}.ringTimeoutSeconds`
    return { businessLineId, sequenceOrder, ringTimeoutSeconds: strategy === 'SEQUENTIAL' ? (own ?? ringTimeoutSeconds) : ringTimeoutSeconds }
  })
  const missing = members.find((member) => typeof member === 'string')
  if (missing !== undefined) return err(fieldRequired(missing))
  const complete = members.filter((member) => typeof member !== 'string')
  const hunting: Hunting = { strategy, ringTimeoutSeconds, members: complete.toSorted((one, other) => one.sequenceOrder - other.sequenceOrder) }
  const problems = huntingProblems(hunting)
  return problems.length > 0 ? err(invalidFields(problems)) : ok(hunting)
}

export function huntingView({ strategy, ringTimeoutSeconds, members }: Hunting): Body {
  const type = TYPES.find((candidate) => STRATEGY_OF[candidate] === strategy) ?? 'LinearHuntingConfiguration'
  switch (strategy) {
    case 'SIMULTANEOUS':
      return { '@type': type, ringTimeoutSeconds, members: members.map(({ businessLineId }) => businessLineId) }
    case 'SEQUENTIAL':
      return { '@type': type, members: [...members] }
    default:
      return { '@type': type, ringTimeoutSeconds, members: members.map(({ businessLineId, sequenceOrder }) => ({ businessLineId, sequenceOrder })) }
  }
}
