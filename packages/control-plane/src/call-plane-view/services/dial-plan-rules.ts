import type { DialPlanRule as RoutingRule } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { DialPlanRule } from '../../partitions/index.ts'
import { accountRow, defaultsOf } from '../account-rows.ts'
import type { ServiceReader } from './service-reader.ts'

/** The rules in force in the account's partition, which may come from one above it (public-spec section 12). */
export const dialPlanRules: ServiceReader = async (sql, accountId) => {
  const account = await accountRow(sql, accountId)
  if (account === undefined) return {}
  const { serviceDialPlanRules: rules, customerServiceNumber } = await defaultsOf(sql, account.partition_id)
  return { dialPlanRules: rules.map((rule) => ruleOf(rule, customerServiceNumber)) }
}

function ruleOf(rule: DialPlanRule, customerServiceNumber: string | undefined): RoutingRule {
  const { mask, actionType: action, endingMinimumLength: minEnding, endingMaximumLength: maxEnding, translationMacro: macro } = rule
  return {
    mask,
    action,
    minEnding,
    maxEnding,
    macro,
    callNumber: numberOf(rule, customerServiceNumber),
    callerId: callerIdOf(rule),
    callerNumber: callerNumberOf(rule),
    disablesCallWaiting: rule.disableCallWaiting === true,
  }
}

/** What the functions of a number stand for where the rule names none. */
const FUNCTION_NUMBERS: Readonly<Record<string, string>> = {
  DIRECTORY_ASSISTANCE: '411',
  EMERGENCY_SERVICES: '911',
  ESSENTIAL_COMMUNITY_SERVICES: '211',
  NONURGENT_MUNICIPAL_GOVERNMENT_SERVICES: '311',
  NONURGENT_TELEHEALTH_SERVICES: '811',
  OPERATOR: '0',
  TELECOMMUNICATIONS_RELAY_SERVICE: '711',
  TRAFFIC_INFORMATION: '511',
  UNDERGROUND_PUBLIC_UTILITY_LOCATION: '811',
}

function numberOf({ actionType, callNumber, outboundNumberFunction: use }: DialPlanRule, customerServiceNumber: string | undefined): string | undefined {
  if (callNumber !== undefined && callNumber !== '') return callNumber
  if (actionType === 'CallCustomerServiceHuntGroup' || use === 'CUSTOMER_SERVICE') return customerServiceNumber
  return use === undefined ? undefined : FUNCTION_NUMBERS[use]
}

function callerIdOf({ actionType, disableCallerId, callerIdVisibilityOverride: override }: DialPlanRule): RoutingRule['callerId'] {
  if (disableCallerId === true || override === 'Blocked') return 'hidden'
  if (override === 'Unblocked') return 'shown'
  // Without more the code blocks: it is named after that.
  return actionType === 'CallerIdBlockManage' && override === undefined ? 'hidden' : undefined
}

function callerNumberOf({ overwriteCallerIdNumber: number }: DialPlanRule): string | undefined {
  return number === undefined ? undefined : normalizePhoneNumber(number)
}
