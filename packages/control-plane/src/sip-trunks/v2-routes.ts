import { canonicalAddress, err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import type { AccountScope, Principal } from '../access/index.ts'
import { plansInForce } from '../calling-plans/index.ts'
import { isKeptFromPbxs } from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidFields } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation, patchedBody } from '../http/index.ts'
import { createTrunk, deleteTrunk, lockOutTrunk, type PlanSetup, reviseTrunk, type RevisedTrunk, setForwarding } from './change-trunk.ts'
import { FORWARD_TYPES, type ForwardRules } from './forward-rules.ts'
import { addressProblems, type SipTrunk } from './sip-trunk.ts'
import { findTrunk, isAddressFree, listTrunks, pageOfTrunks, rulesOf, type SipTrunkRow } from './sip-trunk-queries.ts'
import { SipTrunkView, trunkViews } from './sip-trunk-view.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/siptrunk_2'
const ITEM = `${COLLECTION}/:sipTrunkId`
const TAG = 'SIP Trunk'
const TrunkPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), sipTrunkId: Type.String({ maxLength: 64 }) })
const DEFAULT_SIP_PORT = 5060
const MAX_CALLS = 100_000
const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const Number11 = Type.Optional(Type.String({ maxLength: 32 }))

const TrunkBody = named(
  'SipTrunkRequest',
  Type.Object({
    trunkName: Type.String({ minLength: 1, maxLength: 256 }),
    sipUsername: Type.Optional(Type.String({ maxLength: 64 })),
    sipPassword: Type.Optional(Type.String({ maxLength: 128 })),
    concurrentCalls: Type.Integer({ minimum: 1, maximum: MAX_CALLS }),
    maxBurstCalls: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_CALLS })),
    primaryTn: Number11,
    /** As the table of the guide spells it (conflicts section 9). */
    primaryTN: Number11,
    callbackNumber: Number11,
    localServicesEnabled: Type.Optional(Type.Boolean()),
    extensionPatterns: Type.Optional(Type.Array(Type.String({ maxLength: 16 }), { maxItems: 100 })),
    externalChargeNumber: Number11,
    pbxTnDigits: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
    languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
    ipBasedAuthEnabled: Type.Optional(Type.Boolean()),
    ipAddress: Type.Optional(Type.String({ maxLength: 64 })),
    portNumber: Type.Optional(Port),
    sipTrunkGroupId: Type.Optional(Type.String({ maxLength: 64 })),
    newCppId: Type.Optional(Type.String({ maxLength: 64 })),
    setupCallingPlan: Type.Optional(
      Type.Object({ referenceId: Type.String({ maxLength: 64 }), callingPlanType: oneOf(['SHARED_CALLING_PLAN', 'NEW_CALLING_PLAN']) }),
    ),
  }),
)
const Target = { referenceType: oneOf(FORWARD_TYPES), referenceId: Type.Optional(Type.String({ maxLength: 64 })) }
const targets = () => Type.Optional(Type.Array(Type.Object(Target), { maxItems: 10 }))
const ForwardBody = named(
  'SipTrunkForwardRules',
  Type.Object({
    partitionId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    sipTrunkId: Type.Optional(Type.String()),
    forwardAlways: Type.Optional(Type.Object({ ...Target, enabled: Type.Optional(Type.Boolean()) })),
    forwardOnFailure: targets(),
    forwardOnCapacityExceeded: targets(),
  }),
)
const read = { permission: 'EU_SipTrunk', level: 'READ' } as const
const edit = { permission: 'EU_SipTrunk', level: 'EDIT' } as const

export const sipTrunkOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create a trunk for a PBX, with its login and calling plan',
    requires: { permission: 'EU_SipTrunk', level: 'CREATE' },
    body: TrunkBody,
    responses: { 200: SipTrunkView },
    handle: async (context, { principal, scope, body }) => {
      // The guide requires both (S1-116); a trunk known by its address needs neither.
      if (body.ipBasedAuthEnabled !== true && body.sipUsername === undefined) return err(fieldRequired('sipUsername'))
      if (body.ipBasedAuthEnabled !== true && body.sipPassword === undefined) return err(fieldRequired('sipPassword'))
      const { trunk, given } = trunkOfBody(body)
      return shown(context, principal, scope, await createTrunk(context, principal, scope, trunk, given, planSetupOf(body)))
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the trunks of an account',
    requires: read,
    responses: { 200: Type.Array(SipTrunkView) },
    handle: async (context, { principal, scope, page }) => {
      const { rows, following } = await pageOfTrunks(context.database.sql, scope, page)
      return ok({ status: 200, body: await trunkViews(context, principal, scope, rows), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/shared-plan-lookup`,
    tag: TAG,
    summary: 'The trunks whose calling plan another trunk can share',
    requires: read,
    responses: { 200: Type.Array(SipTrunkView) },
    handle: async (context, { principal, scope }) => {
      const now = new Date(context.clock.nowMs())
      const rows = await listTrunks(context.database.sql, scope)
      const owners: SipTrunkRow[] = []
      for (const row of rows) {
        const plans = await plansInForce(context.database.sql, scope, { referenceType: 'SIP_TRUNK', referenceId: row.id }, now)
        if (plans.some(({ plan }) => plan.reference_id === row.id)) owners.push(row)
      }
      return ok({ status: 200, body: await trunkViews(context, principal, scope, owners) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/validate`,
    tag: TAG,
    summary: 'Whether no other trunk of the platform is known by an address and port',
    requires: read,
    query: Type.Object({ ip: Type.String({ maxLength: 64 }), port: Port, trunkId: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { query }) => {
      const { sql } = context.database
      const ip = canonicalAddress(query.ip)
      const problems = addressProblems({ ipBasedAuthEnabled: true, ipAddress: ip })
      if (problems.length > 0) return err(invalidFields(problems))
      return ok({ status: 200, body: (await isAddressFree(sql, ip, query.port, query.trunkId)) && !(await isKeptFromPbxs(context, sql, ip, query.port)) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a trunk',
    requires: read,
    params: TrunkPath,
    responses: { 200: SipTrunkView },
    handle: async (context, { principal, scope, params }) => shown(context, principal, scope, await found(context, scope, params.sipTrunkId)),
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a trunk; without a login it keeps the one it has',
    requires: edit,
    params: TrunkPath,
    body: TrunkBody,
    responses: { 200: SipTrunkView },
    handle: async (context, { principal, scope, params, body }) =>
      shown(context, principal, scope, await reviseTrunk(context, principal, scope, params.sipTrunkId, () => ok(trunkOfBody(body)))),
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a trunk (JSON Merge Patch)',
    requires: edit,
    params: TrunkPath,
    body: freeObject(),
    responses: { 200: SipTrunkView },
    handle: async (context, { principal, scope, params, body }) => {
      const revise = (before: SipTrunk): Result<RevisedTrunk, ApiFailure> => {
        const checked = patchedBody(TrunkBody, before, body, ['sipUsername', 'sipPassword'], { primaryTN: ['primaryTn'] })
        return checked.ok ? ok(trunkOfBody(checked.value)) : checked
      }
      return shown(context, principal, scope, await reviseTrunk(context, principal, scope, params.sipTrunkId, revise))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a trunk that no number rings; its PBX is no longer registered',
    requires: { permission: 'EU_SipTrunk', level: 'DELETE' },
    params: TrunkPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteTrunk(context, principal, scope, params.sipTrunkId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/forward`,
    tag: TAG,
    summary: 'Where calls of a trunk go instead',
    requires: read,
    params: TrunkPath,
    responses: { 200: ForwardBody },
    handle: async (context, { scope, params }) => {
      const row = await found(context, scope, params.sipTrunkId)
      if (!row.ok) return row
      return ok({ status: 200, body: { partitionId: scope.partitionId, accountId: scope.accountId, sipTrunkId: row.value.id, ...rulesOf(row.value) } })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/forward`,
    tag: TAG,
    summary: 'Say where calls of a trunk go instead: always, when it does not answer, when it is full',
    requires: edit,
    params: TrunkPath,
    body: ForwardBody,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params, body }) => {
      const rules: ForwardRules = {
        forwardAlways: body.forwardAlways === undefined ? undefined : { enabled: false, ...body.forwardAlways },
        forwardOnFailure: body.forwardOnFailure ?? [],
        forwardOnCapacityExceeded: body.forwardOnCapacityExceeded ?? [],
      }
      const set = await setForwarding(context, principal, scope, params.sipTrunkId, rules)
      return set.ok ? ok({ status: 204 }) : set
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/registrationstatus`,
    tag: TAG,
    summary: 'Whether the PBX of a trunk is registered',
    requires: read,
    params: TrunkPath,
    responses: { 200: named('RegistrationStatus', Type.Object({ registered: Type.Boolean(), lockedOut: Type.Boolean() })) },
    handle: async (context, { scope, params }) => {
      const row = await found(context, scope, params.sipTrunkId)
      if (!row.ok) return row
      return ok({ status: 200, body: { registered: context.registrations.isRegistered(row.value.id), lockedOut: row.value.locked_out } })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/unlock`,
    tag: TAG,
    summary: 'Let a locked trunk register and call again',
    requires: edit,
    params: TrunkPath,
    responses: { 200: SipTrunkView },
    handle: async (context, { principal, scope, params }) =>
      shown(context, principal, scope, await lockOutTrunk(context, principal, scope, params.sipTrunkId, false)),
  }),
]

async function found(context: Context, scope: AccountScope, trunkId: string): Promise<Result<SipTrunkRow, ApiFailure>> {
  const row = await findTrunk(context.database.sql, scope, trunkId)
  return row === undefined ? err(entityNotFound('SIPTrunk', trunkId)) : ok(row)
}

async function shown(context: Context, principal: Principal, scope: AccountScope, trunk: Result<SipTrunkRow, ApiFailure>) {
  return trunk.ok ? ok({ status: 200, body: (await trunkViews(context, principal, scope, [trunk.value]))[0] }) : trunk
}

function trunkOfBody(body: Static<typeof TrunkBody>): RevisedTrunk {
  const isKnownByAddress = body.ipBasedAuthEnabled ?? false
  return {
    given: { sipUsername: body.sipUsername, sipPassword: body.sipPassword },
    trunk: {
      trunkName: body.trunkName,
      concurrentCalls: body.concurrentCalls,
      maxBurstCalls: body.maxBurstCalls ?? 0,
      primaryTn: numberOf(body.primaryTn ?? body.primaryTN),
      callbackNumber: numberOf(body.callbackNumber),
      localServicesEnabled: body.localServicesEnabled ?? false,
      extensionPatterns: body.extensionPatterns ?? [],
      externalChargeNumber: numberOf(body.externalChargeNumber),
      pbxTnDigits: body.pbxTnDigits,
      languageTag: body.languageTag,
      ipBasedAuthEnabled: isKnownByAddress,
      ipAddress: body.ipAddress === undefined ? undefined : canonicalAddress(body.ipAddress),
      portNumber: body.portNumber ?? (isKnownByAddress ? DEFAULT_SIP_PORT : undefined),
      sipTrunkGroupId: body.sipTrunkGroupId,
    },
  }
}

function planSetupOf({ setupCallingPlan, newCppId }: Static<typeof TrunkBody>): PlanSetup | undefined {
  if (setupCallingPlan !== undefined) return { type: setupCallingPlan.callingPlanType, id: setupCallingPlan.referenceId }
  return newCppId === undefined ? undefined : { type: 'NEW_CALLING_PLAN', id: newCppId }
}

/** In whatever spelling; what is no number stays as it came and is refused by its name (C-25). */
function numberOf(given: string | undefined): string | undefined {
  return given === undefined || given === '' ? undefined : (normalizePhoneNumber(given) ?? given)
}
