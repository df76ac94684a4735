import Type from 'typebox'
import type { FieldProblem } from '../failures/index.ts'
import { oneOf } from '../http/index.ts'
import { CODEC_NAMES, type CodecName, codecOf, PEER_CERTIFICATES } from '../carrier-trunks/index.ts'

export const TRANSPORTS = ['udp', 'tcp', 'tls'] as const
export const DTMF_MODES = ['rfc2833', 'inband', 'info'] as const
export const TRUNK_TYPES = ['carrier', 'pbx', 'peer'] as const

const Rule = Type.Object({
  prefix: Type.String({ maxLength: 24 }),
  min_length: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  max_length: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  strip: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  prepend: Type.Optional(Type.String({ maxLength: 24 })),
})
const Rules = Type.Optional(Type.Array(Rule, { maxItems: 100 }))

/** How numbers look at the carrier; an extension. */
export const NumberRulesBody = Type.Object({ outbound_called: Rules, outbound_caller: Rules, inbound_called: Rules, inbound_caller: Rules })

/** Everything of a trunk that may be said, whatever its type (S3-09 … S3-13); what an update says it changes. */
export const TrunkFields = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  transport: Type.Optional(oneOf(TRANSPORTS)),
  username: Type.Optional(Type.String({ maxLength: 128 })),
  password: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  realm: Type.Optional(Type.String({ maxLength: 253 })),
  register: Type.Optional(Type.Boolean()),
  max_channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  codecs: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 32 }), { maxItems: 16 })),
  dtmf_mode: Type.Optional(oneOf(DTMF_MODES)),
  nat_support: Type.Optional(Type.Boolean()),
  caller_id_name: Type.Optional(Type.String({ maxLength: 64 })),
  caller_id_number: Type.Optional(Type.String({ maxLength: 32 })),
  // Extensions.
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  max_calls_per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  ping_interval: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600 })),
  number_rules: Type.Optional(NumberRulesBody),
  peer_certificate: Type.Optional(oneOf(PEER_CERTIFICATES)),
}

export const AddressView = Type.Object({
  id: Type.String(),
  trunk_id: Type.Optional(Type.String()),
  address: Type.String(),
  type: Type.String(),
  port: Type.Optional(Type.Integer()),
  priority: Type.Integer(),
  active: Type.Boolean(),
  created_at: Type.Optional(Type.String()),
  updated_at: Type.Optional(Type.String()),
})

export const TrunkView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  organization_id: Type.String(),
  status: Type.String(),
  type: Type.String(),
  protocol: Type.String(),
  transport: Type.String(),
  host: Type.Optional(Type.String()),
  port: Type.Integer(),
  username: Type.Optional(Type.String()),
  realm: Type.Optional(Type.String()),
  register: Type.Boolean(),
  max_channels: Type.Optional(Type.Integer()),
  codecs: Type.Array(Type.String()),
  dtmf_mode: Type.String(),
  nat_support: Type.Boolean(),
  caller_id_name: Type.Optional(Type.String()),
  caller_id_number: Type.Optional(Type.String()),
  priority: Type.Optional(Type.Integer()),
  max_calls_per_second: Type.Optional(Type.Integer()),
  ping_interval: Type.Optional(Type.Integer()),
  number_rules: Type.Optional(NumberRulesBody),
  peer_certificate: Type.Optional(Type.String()),
  registration: Type.Optional(
    Type.Object({
      state: Type.String(),
      gateway_id: Type.Optional(Type.String()),
      expires_at: Type.Optional(Type.String()),
      last_error: Type.Optional(Type.String()),
      updated_at: Type.Optional(Type.String()),
    }),
  ),
  created_at: Type.String(),
  updated_at: Type.String(),
  ips: Type.Optional(Type.Array(AddressView)),
  routes: Type.Optional(
    Type.Array(Type.Object({ type: Type.String(), pattern: Type.String(), priority: Type.Optional(Type.Integer()), cost: Type.Optional(Type.Number()) })),
  ),
})

export function codecsOf(written: readonly string[]): { readonly codecs: readonly CodecName[]; readonly problem: FieldProblem | undefined } {
  const unknown = written.find((name) => codecOf(name) === undefined)
  const rule = `of ${CODEC_NAMES.join(', ')}`
  return {
    codecs: [...new Set(written.flatMap((name) => codecOf(name) ?? []))],
    problem: unknown === undefined ? undefined : { field: 'codecs', code: 'InvalidCodecs', reason: `"${unknown}" is no codec we know`, rule },
  }
}
