import { RECORD } from './filled-bodies.ts'
import type { Filled } from './filled-bodies.ts'
import type { Ids } from './furnished-tenant.ts'

const P = '/v2/partition/{partitionId}'
const A = `${P}/account/{accountId}`
const NEW_NUMBER = '16075558109'

/** Further spellings are the same operation: they take the same bodies. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\/(users|enduser)(?=\/|$)/, '/user'],
  [/\/auto-attendant(?=\/|$)/, '/ivr'],
  [/\/telephonenumer(?=\/|$)/, '/telephonenumber'],
  [/\/call-parking-spot(?=\/|$)/, '/callpark'],
]

export function canonical(path: string): string {
  return SPELLINGS.reduce((text, [spelling, word]) => text.replace(spelling, word), path)
}

/** Bodies that pass as they are, for what has no PATCH whose body could be taken: an id that is put into one is what is judged, not a field beside it. */
export function furtherBodies(ids: Ids): Readonly<Record<string, object>> {
  const number = ids['number']
  const activation = {
    telephoneNumbers: [{ phoneNumber: NEW_NUMBER }],
    customerServiceRecord: RECORD,
    directoryListing: { listed: false, type: 'NOT_LIST_NOT_PUBLISH' },
  }
  const request = { ...activation, userId: ids['userId'] }
  const line = { userId: ids['userId'], deviceName: 'Desk two', deviceTypeId: 'VVX400', macAddress: '0200f1ee0002', lineNumber: 2 }
  const specialty = { name: 'Alarm', callingPlanIds: [ids['planProductId']], callerId: number, e911CallbackNumber: number }
  const carrier = { name: 'Own carrier', address: '192.0.2.180', enabled: false, username: 'their-login', password: 'their-password' }
  return {
    [`POST ${A}/telephonenumber`]: activation,
    [`POST ${A}/telephonenumber/tn-requests`]: request,
    [`POST ${A}/dynamic-inventory/orders`]: request,
    [`POST ${A}/telephonenumber/external`]: { phoneNumber: NEW_NUMBER, inboundCarrierId: ids['inboundCarrierId'] },
    [`POST ${P}/telephonenumber`]: { phoneNumber: NEW_NUMBER, rateCenter: 'BINGHAMTON', state: 'NY', carrierId: ids['inboundCarrierId'] },
    [`POST ${P}/telephone-number/order`]: { telephoneNumbers: [NEW_NUMBER], accountId: ids['accountId'] },
    [`POST ${P}/telephone-number/order/tollfree`]: { telephoneNumbers: ['18005558109'], accountId: ids['accountId'] },
    [`PUT ${P}/account/e911/prevalidate`]: { e911Address: RECORD },
    [`POST ${P}/account/prevalidate`]: activation,
    [`POST ${A}/user/{userId}/device`]: line,
    [`POST ${A}/deviceline`]: line,
    [`POST ${A}/device/{macAddress}/line`]: { userId: ids['userId'], lineNumber: 2 },
    [`POST ${A}/specialty-line`]: specialty,
    [`PUT ${A}/specialty-line/{lineId}`]: specialty,
    [`PUT ${A}/voicemailbox/{voicemailBoxId}/pin`]: { pin: '4711' },
    [`POST ${P}/carrier-trunk`]: carrier,
    [`POST ${A}/carrier-trunk`]: carrier,
    [`PUT ${A}/carrier-trunk/{carrierTrunkId}`]: carrier,
    [`PUT ${A}/business-line/{businessLineId}/sip-credentials`]: { sipPassword: 'a-long-password-1' },
    [`POST ${A}/business-line-hunt-group/{huntGroupId}/forward-configuration`]: {
      name: 'Night',
      forwardConfigurationType: 'VARIABLE',
      starCode: '*34',
      forwardToPhoneNumber: number,
    },
    [`POST ${P}/managementuser`]: { username: 'fourth@example.com', firstName: 'Jo', lastName: 'Doe', languageTag: 'en-US', roles: [ids['securityId']] },
    [`POST ${A}/accountuser`]: { username: 'admin3', firstName: 'Jo', lastName: 'Doe', languageTag: 'en-US', emailAddress: 'admin3@example.com' },
    [`POST ${P}/partition`]: { name: 'Below' },
    [`POST ${A}/calls`]: { from: ids['userId'], to: number },
    [`POST ${A}/device`]: { deviceType: 'SPA112', macAddress: '0200f1ee0001', deviceName: 'New' },
    'POST /v2/user-groups/settings': { partitionId: ids['partitionId'], accountId: ids['accountId'], groupName: 'Team', userIds: [{ userId: ids['userId'] }] },
  }
}

/** The body of an operation that passes, if anybody has one: of its own, that of its PATCH, or what the PATCH of a member of the collection takes. */
export function validBody(
  operation: { readonly method: string; readonly path: string },
  ids: Ids,
  filled: Readonly<Record<string, Filled>>,
): object | undefined {
  const path = canonical(operation.path)
  const own = furtherBodies(ids)[`${operation.method} ${path}`]
  if (own !== undefined) return own
  if (operation.method !== 'POST') return filled[path]?.body
  const member = Object.keys(filled).find((each) => each.replace(/\/\{\w+\}$/, '') === path)
  return member === undefined ? undefined : filled[member]?.body
}
