import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, changeObject, pointTo, removeObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { attachDefaultPlan, giveCallingPlan, removeCallingPlans } from '../calling-plans/index.ts'
import { isKeptFromPbxs } from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, invalidField, invalidFields } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { addSipCredentials, changeSipCredentials, type GivenCredentials, newSipUsername, removeSipCredentials } from '../sip-credentials/index.ts'
import { type ForwardRules, forwardProblems, forwardReferences } from './forward-rules.ts'
import { burstProblems, patternsOverlap, referencesOf, type SipTrunk, trunkProblems } from './sip-trunk.ts'
import {
  deleteTrunkRow,
  insertTrunk,
  listTrunks,
  lockTrunk,
  rulesOf,
  setForwardRules,
  setLockedOut,
  type SipTrunkRow,
  trunkOf,
  updateTrunkRow,
} from './sip-trunk-queries.ts'

type Answer = Promise<Result<SipTrunkRow, ApiFailure>>

/** The guide's own example has six characters (S1-122). */
const CREDENTIAL_FORMS = { minPasswordCharacters: 6 } as const

/** Which plan a new trunk has instead of the partition's default one: one of a product, or a share in another trunk's. */
export interface PlanSetup {
  readonly type: 'NEW_CALLING_PLAN' | 'SHARED_CALLING_PLAN'
  /** The product, or the trunk that has the plan. */
  readonly id: string
}

/** A trunk, its login and its plan come into being together (S1-113 … S1-123). */
export async function createTrunk(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  trunk: SipTrunk,
  credentials: GivenCredentials,
  setup: PlanSetup | undefined,
): Answer {
  const id = newId()
  const object = { type: 'SIP_TRUNK', id } as const
  const plan = { referenceType: 'SIP_TRUNK', referenceId: id } as const
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
      if (account.account_type === 'SIMPLE') return err(onlyForBusiness())
      const failure = await trunkFailure(context, change.sql, scope, trunk, { id, before: undefined })
      if (failure !== undefined) return err(failure)
      const login = await addSipCredentials(context, change, scope, object, { ...credentials, username: newSipUsername(), forms: CREDENTIAL_FORMS })
      if (!login.ok) return login
      const row = await insertTrunk(change.sql, scope, id, trunk, change.now)
      const refused = (await addObject(change, scope, { ...object, name: trunk.trunkName })) ?? (await pointTo(change, scope, object, referencesOf(trunk)))
      if (refused !== undefined) return err(refused)
      if (setup === undefined) await attachDefaultPlan(change.sql, scope, plan, change.now)
      else {
        const shared = setup.type === 'SHARED_CALLING_PLAN'
        const which = { productId: shared ? undefined : setup.id, sharedReferenceId: shared ? setup.id : undefined }
        const given = await giveCallingPlan(change, scope, { reference: plan, type: setup.type, ...which, pending: false, minutesUsed: 0 })
        if (!given.ok) return given
      }
      change.emit(trunkChanged(scope, row, undefined, trunk))
      return ok(row)
    })
  } catch (error) {
    return err(takenValue(error, trunk))
  }
}

export interface RevisedTrunk {
  readonly trunk: SipTrunk
  readonly given: GivenCredentials
}

/** @param revise makes the wanted trunk of the stored one while its row is locked. */
export async function reviseTrunk(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  trunkId: string,
  revise: (before: SipTrunk) => Result<RevisedTrunk, ApiFailure>,
): Answer {
  let wanted: RevisedTrunk | undefined
  const object = { type: 'SIP_TRUNK', id: trunkId } as const
  try {
    return await write(context, actorOf(principal), async (change) => {
      await lockAccount(change.sql, scope)
      const row = await lockTrunk(change.sql, scope, trunkId)
      if (row === undefined) return err(entityNotFound('SIPTrunk', trunkId))
      const before = trunkOf(row)
      const revised = revise(before)
      if (!revised.ok) return revised
      // What only another surface can say stays.
      wanted = { ...revised.value, trunk: { ...revised.value.trunk, place: revised.value.trunk.place ?? before.place } }
      const { trunk, given } = wanted
      const failure = await trunkFailure(context, change.sql, scope, trunk, { id: trunkId, before })
      if (failure !== undefined) return err(failure)
      const login = await changeSipCredentials(context, change, scope, object, given, CREDENTIAL_FORMS)
      if (!login.ok) return login
      const refused =
        (await changeObject(change, scope, object, { name: trunk.trunkName })) ??
        (await pointTo(change, scope, object, [...referencesOf(trunk), ...forwardReferences(rulesOf(row))]))
      if (refused !== undefined) return err(refused)
      const updated = await updateTrunkRow(change.sql, row, trunk, change.now)
      change.emit(trunkChanged(scope, updated, before, trunk))
      if (login.value.changed) change.afterCommit(() => context.registrations.dropBindings(trunkId))
      return ok(updated)
    })
  } catch (error) {
    if (wanted === undefined) throw error
    return err(takenValue(error, wanted.trunk))
  }
}

export function setForwarding(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  trunkId: string,
  rules: ForwardRules,
): Promise<Result<undefined, ApiFailure>> {
  const object = { type: 'SIP_TRUNK', id: trunkId } as const
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const row = await lockTrunk(change.sql, scope, trunkId)
    if (row === undefined) return err(entityNotFound('SIPTrunk', trunkId))
    const problems = forwardProblems(rules, trunkId)
    if (problems.length > 0) return err(invalidFields(problems))
    const refused = await pointTo(change, scope, object, [...referencesOf(trunkOf(row)), ...forwardReferences(rules)])
    if (refused !== undefined) return err(refused)
    await setForwardRules(change.sql, row, rules, change.now)
    change.emit(trunkChanged(scope, row, rulesOf(row), rules, 'SIP_TRUNK_FORWARD'))
    return ok(undefined)
  })
}

/** After too many wrong passwords, or by an operator. */
export function lockOutTrunk(context: Context, principal: Principal, scope: AccountScope, trunkId: string, lockedOut: boolean): Answer {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockTrunk(change.sql, scope, trunkId)
    if (row === undefined) return err(entityNotFound('SIPTrunk', trunkId))
    const updated = await setLockedOut(change.sql, row, lockedOut, change.now)
    change.emit(trunkChanged(scope, row, { lockedOut: row.locked_out }, { lockedOut }))
    return ok(updated)
  })
}

/** A trunk that no number rings; its login, plan and registration go with it. */
export function deleteTrunk(context: Context, principal: Principal, scope: AccountScope, trunkId: string): Promise<Result<undefined, ApiFailure>> {
  const object = { type: 'SIP_TRUNK', id: trunkId } as const
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const row = await lockTrunk(change.sql, scope, trunkId)
    if (row === undefined) return err(entityNotFound('SIPTrunk', trunkId))
    const refused = await removeObject(change, scope, object)
    if (refused !== undefined) return err(refused)
    await removeSipCredentials(change, object)
    await removeCallingPlans(change.sql, scope, 'SIP_TRUNK', trunkId)
    await deleteTrunkRow(change.sql, row)
    change.emit(trunkChanged(scope, row, trunkOf(row), undefined))
    change.afterCommit(() => context.registrations.dropBindings(trunkId))
    return ok(undefined)
  })
}

async function trunkFailure(
  context: Context,
  sql: Transaction,
  scope: AccountScope,
  trunk: SipTrunk,
  { id: trunkId, before }: { readonly id: string; readonly before: SipTrunk | undefined },
): Promise<ApiFailure | undefined> {
  const { maxBurstCallPercentage } = await partitionDefaults(sql, scope)
  const problems = [...trunkProblems(trunk), ...burstProblems(trunk, before, maxBurstCallPercentage)]
  if (problems.length > 0) return invalidFields(problems)
  const { ipBasedAuthEnabled, ipAddress = '', portNumber = 0 } = trunk
  const isWhereItWas = before?.ipBasedAuthEnabled === true && before.ipAddress === ipAddress && before.portNumber === portNumber
  // Calls of a carrier, or our own, could not be told from the PBX's.
  if (ipBasedAuthEnabled && !isWhereItWas && (await isKeptFromPbxs(context, sql, ipAddress, portNumber)))
    return alreadyInUse('IpAddressInUse', 'ipAddress', `${ipAddress}:${portNumber}`, 'platform')
  const others = (await listTrunks(sql, scope)).filter((other) => other.id !== trunkId)
  const taken = trunk.extensionPatterns.find((pattern) =>
    others.some((other) => trunkOf(other).extensionPatterns.some((known) => patternsOverlap(pattern, known))),
  )
  return taken === undefined
    ? undefined
    : invalidField('extensionPatterns', `"${taken}" leads to another trunk too`, 'extensions of one trunk', 'DuplicateExtensionPattern')
}

function takenValue(error: unknown, trunk: SipTrunk): ApiFailure {
  switch (violatedUniqueIndex(error)) {
    case 'sip_trunk_account_name':
      return alreadyInUse('DuplicateTrunkName', 'trunkName', trunk.trunkName, 'account')
    case 'sip_trunk_address':
      return alreadyInUse('IpAddressInUse', 'ipAddress', `${trunk.ipAddress ?? ''}:${trunk.portNumber ?? ''}`, 'platform')
    default:
      throw error
  }
}

function onlyForBusiness(): ApiFailure {
  return invalidField('accountId', 'is a SIMPLE account', 'a trunk needs an ADVANCED account (S1-23)', 'InvalidAccountType')
}

export function trunkChanged(scope: AccountScope, row: SipTrunkRow, before: object | undefined, after: object | undefined, type = 'SIP_TRUNK'): DomainEvent {
  const [verb, action] =
    before === undefined ? (['created', 'CREATE'] as const) : after === undefined ? (['deleted', 'DELETE'] as const) : (['updated', 'UPDATE'] as const)
  return {
    type: `sip-trunk.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { sipTrunkId: row.id, accountId: scope.accountId, trunkName: row.name },
    history: {
      type,
      action,
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: 'SIP_TRUNK',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}
