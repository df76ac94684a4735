import type { TestControlPlane } from '@dialtone/testkit'
import { type Filled, RECORD } from './filled-bodies.ts'
import type { FurnishedTenant, Ids } from './furnished-tenant.ts'

const P = '/v2/partition/{partitionId}'
const A = `${P}/account/{accountId}`
const ORDER = { tnQuantity: 2, customerServiceRecord: RECORD, tnSettings: {} }

/**
 * For paths at which the furnished tenant has nothing, or whose object may not point at itself: a second thing stands in the path, so that
 * the first one is what a body points at. By path, with a body that passes there.
 */
export async function secondThings(platform: TestControlPlane, { token, ids }: FurnishedTenant, filled: Readonly<Record<string, Filled>>) {
  const partition = `/v2/partition/${ids['partitionId']}`
  const account = `${partition}/account/${ids['accountId']}`
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await platform.call('POST', path, body, token)
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return String(answer.body['id'] ?? answer.body['groupId'] ?? answer.body['deviceId'])
  }
  const at = (path: string, name: string, id: string, body: object | undefined = filled[path]?.body): Readonly<Record<string, Filled>> => ({
    [path]: { ids: { ...filled[path]?.ids, [name]: id }, body: body ?? {} },
  })
  const huntGroup = `${account}/business-line-hunt-group/${ids['huntGroupId']}`
  const forward = { name: 'Day', forwardConfigurationType: 'FIXED', starCode: '*32', forwardToPhoneNumber: ids['number'] }
  const port = { deviceTypeId: 'SPA112', portNumber: 1, macAddress: '0200f1ee0011' }
  const businessLineId = await make(`${account}/business-line`, { name: 'Second' })
  await make(`${account}/business-line/${businessLineId}/port-assignment`, port)
  const carrier = { name: 'Second', address: '192.0.2.181', enabled: false, username: 'their-login', password: 'their-password' }
  const alarm = { name: 'Second', callingPlanIds: [ids['planProductId']], callerId: ids['number'], e911CallbackNumber: ids['number'] }
  const orderId = await make(`${account}/telephonenumber/tn-requests`, { ...ORDER, tnSettings: { phoneNumber: '12229990000' } })
  const queue = await make(`${account}/call-queue`, { name: 'Second' })
  const box = await make(`${account}/voicemailbox`, { name: 'Second', type: 'Primary' })
  const user = await make(`${account}/user`, { firstName: 'Sec', lastName: 'Ond', extension: '4400' })
  const trunk = await make(`${account}/siptrunk_2`, { trunkName: 'Second', concurrentCalls: 1, sipUsername: 'pbx-second', sipPassword: 'secret-1' })
  const keys = { deviceTypeId: 'VVX400', macAddress: '0200f1ee0012' }
  const line = { ...keys, userId: ids['userId'], deviceName: 'Keys' }
  const lineId = await make(`${account}/deviceline`, { ...line, lineNumber: 1 })
  const group = { groupName: 'Team', userIds: [{ userId: ids['userId'] }] }
  const place = `partitionId=${ids['partitionId']}&accountId=${ids['accountId']}`
  return {
    ...at(`${A}/call-queue/{queueId}`, 'queueId', queue),
    ...at(`${A}/voicemailbox/{voicemailBoxId}`, 'voicemailBoxId', box),
    ...at(`${A}/user/{userId}`, 'userId', user),
    ...at(`${A}/siptrunk_2/{sipTrunkId}/forward`, 'sipTrunkId', trunk, {}),
    ...at(`${P}/carrier-trunk/{carrierTrunkId}`, 'carrierTrunkId', await make(`${partition}/carrier-trunk`, carrier), { ...carrier, name: 'Second two' }),
    ...at(
      `${A}/business-line-hunt-group/{huntGroupId}/forward-configuration/{id}`,
      'trunk',
      await make(`${huntGroup}/forward-configuration`, forward),
      forward,
    ),
    ...at(`${A}/business-line/{businessLineId}/port-assignment`, 'businessLineId', businessLineId, { ...port, portNumber: 2 }),
    ...at(`${A}/business-line/{businessLineId}/port-assignment/rpc/swap`, 'businessLineId', businessLineId, { ...port, portNumber: 2 }),
    ...at(`${A}/specialty-line/{lineId}`, 'lineId', await make(`${account}/specialty-line`, alarm), alarm),
    ...at(`${A}/telephonenumber/tn-requests/{orderId}`, 'orderId', orderId, { ...ORDER, userId: ids['userId'] }),
    ...at(`${A}/telephonenumber/tn-requests/actions/resubmit`, 'orderId', orderId, { ...ORDER, id: orderId }),
    ...at(`${A}/emergency-notifications/groups/{type}/{groupId}`, 'sipTrunkGroupId', ids['accountId'] ?? '', {}),
    ...at(`${A}/deviceline/{deviceId}`, 'lineId', lineId, { ...line, lineNumber: 2 }),
    ...at(`${A}/user/{userId}/device/{deviceId}`, 'lineId', lineId, { ...line, lineNumber: 2 }),
    ...at(`${A}/device/{macAddress}/line`, 'macAddress', keys.macAddress, { userId: ids['userId'], lineNumber: 2 }),
    ...at('/v2/user-groups/settings', 'callGroupId', await make(`/v2/user-groups/settings?${place}`, { ...group, groupName: 'Second' }), {
      ...group,
      groupName: 'Second two',
    }),
  }
}

const MENU = { id: 'menu', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 5, dtmf: [{ id: 'one', type: 'DTMF', digit: '1' }], failure: { id: 'none', type: 'MENU_FAILURE', menuTimeout: 5, invalidSelectionPrompt: '', maxInvalidSelections: 3 } } // prettier-ignore
const SCHEDULE = { id: 'times', type: 'SCHEDULE', scheduleComponent: [{ id: 'open', type: 'SCHEDULE_RULE_COMPONENT', weekly: { US: { MON: { startTime: '08:00', endTime: '09:00' } } } }] } // prettier-ignore
/** The component of a menu tree that reads the field. */
const COMPONENTS: readonly (readonly [RegExp, object])[] = [
  [/^(dtmf|failure)/, MENU],
  [/^scheduleComponent/, SCHEDULE],
  [/^userId/, { id: 'user', type: 'USER' }],
  [/^routedToList/, { id: 'group', type: 'GROUP', ringType: 'SIMULTANEOUS', groupType: 'USER', routedToList: [{ timeoutSeconds: 20 }] }],
  [/^lineHuntGroupId/, { id: 'lines', type: 'LINE_HUNTGROUP' }],
  [/^destination/, { id: 'to', type: 'DESTINATION' }],
  [/^toNumber/, { id: 'number', type: 'FORWARD' }],
]

/** Which kind of key of a phone means a thing of that kind. */
const LINE_TYPES: Readonly<Record<string, string>> = { number: 'SpeedDialTn' }
const SEARCH = { callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints: [{ timeout: 20 }], timeoutType: 'Busy' } }
const NIGHT = { name: 'Night', type: 'WEEKLY', weekly: { MON: { startTime: '08:00', endTime: '09:00' } } }

/** What a body needs besides, or instead, for a field to be what decides. @param where the field, such as `ivrComponents.[].userId` */
export function besideField(path: string, where: string, key: string): object {
  const [, inComponent] = /^ivrComponents\.\[\]\.(.*)$/.exec(where) ?? []
  if (inComponent !== undefined) {
    const component = COMPONENTS.find(([pattern]) => pattern.test(inComponent))?.[1] ?? { id: 'end', type: 'HANGUP', goodBye: '' }
    return { ivrComponents: [component, { id: 'in', type: 'INCOMING' }], ivrComponentMappings: [] }
  }
  if (where === 'port' || where.startsWith('port.')) return { port: { portNow: true, portingAuthorizedName: 'John Smith', wirelessAccountNumber: '77' } }
  if (where === 'macAddress') return path.includes('port-assignment') || path.includes('specialty-line') ? { deviceTypeId: 'SPA112', deviceType: 'SPA112', portNumber: 2 } : { deviceTypeId: 'SPA112', lineNumber: 2 } // prettier-ignore
  if (where === 'parentId') return { type: 'Sub', dtmfOption: '3' }
  if (where === 'username' && path.startsWith('/siptrunk')) return { password: 'a-long-password-1' }
  if (where === 'manager.username') return { manager: { password: 'Another-horse-9', firstName: 'Jo', lastName: 'Doe' } }
  if (where === 'callingPlanReferenceId') return { callingPlanType: 'SHARED_CALLING_PLAN' }
  if (where === 'referenceId') return { assignAsCallerId: false, lineType: LINE_TYPES[key] ?? 'AdvancedSharedLine' }
  if (where.startsWith('callHandlingSettings.findMe')) return { callHandlingSettings: SEARCH }
  if (where.startsWith('callHandlingSchedules.[].callHandling.findMe')) return { callHandlingSchedules: [{ schedule: NIGHT, callHandling: SEARCH }] }
  return {}
}

/** Bodies of operations on what only the second things have. */
export function askingBodies(ids: Ids): Readonly<Record<string, object>> {
  return {
    [`PUT ${A}/callingplan`]: { referenceType: 'END_USER', referenceId: ids['userId'], callingPlanProductId: ids['planProductId'] },
    [`POST ${P}/routing/explain`]: { from: ids['lineId'], to: '4000', accountId: ids['accountId'] },
    [`POST ${A}/calls`]: { from: ids['userId'], to: '4400' },
    [`POST ${A}/calls/{callId}/transfer`]: { to: '4000' },
    [`POST ${A}/calls/{callId}/supervise`]: { supervisor: ids['userId'] },
    [`POST ${P}/telephone-number/port`]: {
      telephoneNumbers: ['16075558131'],
      accountId: ids['accountId'],
      subscriber: { firstName: 'John', lastName: 'Smith' },
      serviceAddress: { street: '333 S 520 W', city: 'Lindon', state: 'UT', zipCode: '84042' },
      billingTelephoneNumber: '16075558131',
      accountNumber: 'X-1',
    },
  }
}
