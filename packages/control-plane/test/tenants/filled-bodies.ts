import type { TestControlPlane } from '@dialtone/testkit'
import type { FurnishedTenant, Ids } from './furnished-tenant.ts'

/** What a PATCH may set, all of it, each with a value that is nobody's default. */
export interface Filled {
  /** Where the furnished tenant has no such thing, or another is needed. */
  readonly ids?: Ids
  readonly body: object
}

const P = '/v2/partition/{partitionId}'
const A = `${P}/account/{accountId}`

const forwarding = (number: string) => ({ callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: number })
/** Who has a number, and where. */
export const RECORD = { customerType: 'RESIDENTIAL', firstName: 'John', lastName: 'Smith', customerName: 'Smith John', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' } // prettier-ignore
const DAY_MS = 86_400_000

/** A Wednesday at least so many days ahead. */
function goodDay(platform: TestControlPlane, least: number): string {
  const first = platform.time.nowMs() + least * DAY_MS
  return new Date(first + ((10 - new Date(first).getUTCDay()) % 7) * DAY_MS).toISOString().slice(0, 10)
}

function portOf(platform: TestControlPlane, number: string): object {
  return {
    telephoneNumbers: [{ phoneNumber: number }],
    customerServiceRecord: RECORD,
    directoryListing: { listed: false, type: 'PORTED' },
    port: { crdDate: goodDay(platform, 8), billingTelephoneNumber: number, portingAuthorizedName: 'John Smith', wirelessAccountNumber: '77' },
  }
}

const ADDRESS = { streetNumber: '333', streetName: 'Main', city: 'Lindon', state: 'UT', postalCode: '84042', country: 'USA' }

/** By path: a body for each PATCH of the interface. */
export async function filledBodies(platform: TestControlPlane, { token, ids }: FurnishedTenant): Promise<Readonly<Record<string, Filled>>> {
  const account = `/v2/partition/${ids['partitionId']}/account/${ids['accountId']}`
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await platform.call('POST', path, body, token)
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return String((answer.body['port'] as { id?: string } | undefined)?.id ?? answer.body['id'])
  }
  const toUser = { referenceType: 'END_USER', referenceId: ids['userId'] }
  return {
    ...(await ofPartition(make, ids)),
    ...(await ofPeople(make, account, ids)),
    ...ofGroups(ids, toUser),
    [`${A}/hunt-group/{huntGroupId}`]: {
      ids: { huntGroupId: await make(`${account}/hunt-group`, { name: 'Sales', members: [{ userId: ids['userId'] }] }) },
      body: { name: 'Sales two', extension: '4810', voicemailBoxId: ids['voicemailBoxId'], strategy: 'SEQUENTIAL', members: [{ userId: ids['userId'] }], ringTimeout: 33, voicemailEnabled: true }, // prettier-ignore
    },
    [`${A}/port/{portId}`]: {
      ids: { portId: await make(`${account}/telephonenumber`, portOf(platform, '16075558101')) },
      body: { crdDate: goodDay(platform, 15), billingTelephoneNumber: '16075558102', portingWireType: 'Wireless', portingAuthorizedName: 'Jo Other', wirelessAccountNumber: '78', wirelessPin: '1234', telecomSettings: { notes: 'words' }, sendLoa: true, canAcceptSMS: true, smsCallbackUrl: 'https://example.com/sms', hotCutPortId: 'H-1', customerServiceRecord: { ...RECORD, firstName: 'Jane' } }, // prettier-ignore
    },
    [`${A}/vfax/{id}`]: {
      ids: { trunk: await make(`${account}/vfax`, { name: 'Fax', emailAddresses: ['fax@example.com'] }) },
      body: { name: 'Fax two', emailAddresses: ['fax2@example.com'], languageTag: 'fr-CA' },
    },
  }
}

type Make = (path: string, body: object) => Promise<string>

async function ofPartition(make: Make, ids: Ids): Promise<Readonly<Record<string, Filled>>> {
  const partition = `/v2/partition/${ids['partitionId']}`
  const operator = { firstName: 'Jo', lastName: 'Doe', languageTag: 'en-US' }
  return {
    [P]: { body: PARTITION(ids) },
    [`${P}/callingplanproduct/{cppId}`]: {
      body: { name: 'Plan two', planMinutes: 7, defaultPlan: true, unlimitedDisplay: true, allowOverage: false, preventForwarding: true, allow411: false, callRateFor411: '9', rateTypeFor411: 'PER_MINUTE', allowOperator: false, callRateForOperator: '8', rateTypeForOperator: 'PER_MINUTE', allowUnlimitedLocal: true, rateIntraPartitionAsFree: false, overageRatePerMinute: '0.5' }, // prettier-ignore
    },
    [`${P}/security/{securityId}`]: { body: { name: 'Role two', userType: 'ManagementUser', permissions: [{ type: 'Account', accessType: 'READ' }] } },
    [`${P}/managementuser/{id}`]: {
      ids: {
        trunk: await make(`${partition}/managementuser`, {
          ...operator,
          username: 'second@example.com',
          password: 'Another-horse-3',
          roles: [ids['securityId']],
        }),
      },
      body: { username: 'third@example.com', firstName: 'Jim', lastName: 'Dow', languageTag: 'fr-CA', roles: [ids['securityId']] },
    },
    [`${P}/accessrule/{accessRuleId}`]: { body: { action: 'deny', cidr: '203.0.113.0/25', description: 'words', enabled: false } },
    [`${P}/webhook/{webhookId}`]: {
      body: {
        url: 'https://example.com/other',
        events: ['call.started'],
        secret: 'a-secret-of-another-1234',
        enabled: false,
        description: 'words',
        includeSubPartitions: true,
      },
    },
  }
}

const PARTITION = (ids: Ids) => ({
  name: 'Partition two',
  status: 'ACTIVE',
  customerServiceNumber: ids['number'],
  useAccountNumberDefault: true,
  bypassVoicemailPINValidationFromDevice: true,
  billingCode: 'B-1',
  country: 'CAN',
  languageTag: 'fr-CA',
  reorderNotifications: ['a@example.com'],
  useOwnCarrier: true,
  defaultRoutePlanId: '5967df89-c80e-4e94-b73f-f6f29202de1e',
  tnDeleteCooldownDays: 11,
  defaultTimeZone: 'US/Eastern',
  tempTnThreshold: 12,
  serviceDialPlanRules: [{ mask: '*99', actionType: 'CallCustomerServiceHuntGroup' }],
  mediaFriends: { enabled: false, host: 'h.example.com', toNumber: '1234' },
  defaultSimpleDialingBehaviorType: 'TEN_DIGIT',
  defaultAdvancedDialingBehaviorType: 'TEN_DIGIT',
  defaultDirectoryListingType: 'LIST_PUBLISH',
  portPushDays: 3,
  tollFreeApproval: 'MANUAL',
  vanityNumberApproval: 'MANUAL',
  allowedDeviceTypes: ['SPA112', 'VVX400'],
  defaultHoldTimeoutSeconds: 99,
  allowLoginByAccountNumber: true,
  requiresDeviceInventory: true,
  showComplexListing: true,
  defaultExtensionLength: 5,
  autoAssignCallerId: true,
  byotnCarrierId: ids['inboundCarrierId'],
  accountNumberMaxLength: 40,
  regulatoryType: 'COMMERCIAL',
})

async function ofPeople(make: Make, account: string, ids: Ids): Promise<Readonly<Record<string, Filled>>> {
  const line = { deviceName: 'Desk two', deviceTypeId: 'SPA112', macAddress: ids['macAddress'], lineNumber: 2, faxEnabled: true, emergencyNumber: ids['number'], features: { callWaiting: false }, codecs: ['G722'] } // prettier-ignore
  return {
    [A]: {
      body: { accountNumber: 'ACC-two', accountName: 'Two', accountType: 'ADVANCED', platformType: 'V2_1', extensionLength: 4, billingCycleDay: 9, dialingBehaviorType: 'TEN_DIGIT', regulatoryType: 'GOVERNMENT', timeZone: 'US/Eastern', customField: 'blue', holdTimeoutSeconds: 99, allowDangerousExtensions: true, sendWelcomeEmail: false, languageTag: 'fr-CA', products: ['BCC', 'SIP_TRUNKS'], callScreeningSettings: { anonymousCallScreen: 'Block' }, inboundRatePlanProductId: ids['ratePlanId'], status: 'SUSPENDED', address: ADDRESS }, // prettier-ignore
    },
    [`${A}/deviceline/{deviceId}`]: { body: { ...line, userId: ids['userId'] } },
    [`${A}/user/{userId}/device/{deviceId}`]: { body: line },
    [`${A}/device/{macAddress}/metadata`]: { body: { adminPassword: 'abcd1234', provisionerType: 'PHONISM' } },
    [`${A}/user/{userId}`]: {
      body: { firstName: 'Jim', lastName: 'Dow', username: 'jim.dow@example.com', emailAddress: 'jim@example.com', languageTag: 'es-MX', timeZone: 'US/Pacific', extension: '4055', endUserType: 'STANDARD_ADMIN', userProductPlan: 'PROFESSIONAL', allowPortalAccess: false, blockEmail: true, callerIdConfig: { callerIdNumber: ids['number'], externalCallerIdVisible: true, extensionCallerIdVisible: false }, callHandlingSettings: forwarding('18015550199'), callScreeningSettings: { anonymousCallScreen: 'Block' }, callHandlingSchedules: [{ schedule: { name: 'Night', type: 'WEEKLY', weekly: { MON: { startTime: '08:00', endTime: '09:00' } } }, callHandling: forwarding('18015550198') }], tags: 'a,b', softphoneClientType: 'CYMBUS', mediaFriends: { enabled: true, host: 'h.example.com', toNumber: '1234' } }, // prettier-ignore
    },
    [`${A}/accountuser/{userId}`]: {
      ids: { userId: await make(`${account}/accountuser`, { username: 'admin1', firstName: 'Ad', lastName: 'Min', languageTag: 'en-US', emailAddress: 'admin1@example.com', password: 'Another-horse-5' }) }, // prettier-ignore
      body: {
        username: 'admin2',
        firstName: 'Ada',
        lastName: 'Mint',
        languageTag: 'fr-CA',
        emailAddress: 'admin2@example.com',
        subDomain: 'sub',
      },
    },
    [`${A}/voicemailbox/{voicemailBoxId}`]: {
      body: { name: 'Box two', type: 'Primary', locale: 'fr-CA', voicemailToEmailAddresses: ['v@example.com'], voicemailToEmailEnabled: true, voicemailKeepAfterEmail: false, messageTranscriptionEnabled: true }, // prettier-ignore
    },
    [`${A}/telephonenumber/{tn}`]: {
      body: { referenceType: 'END_USER', referenceId: ids['userId'], assignAsCallerId: true, operationalStatus: 'ACTIVE', ringType: 'Ring3', canAcceptSMS: true, servicePackageType: 'Usage', customerServiceRecord: RECORD, directoryListing: { listed: true, type: 'LIST_PUBLISH', name: 'Smith' }, e911Address: { ...RECORD, unit: '9', secondaryLocationDescription: 'APT' } }, // prettier-ignore
    },
  }
}

function ofGroups(ids: Ids, toUser: object): Readonly<Record<string, Filled>> {
  const members = [ids['businessLineId']]
  return {
    [`${A}/business-line-hunt-group/{huntGroupId}`]: {
      body: { name: 'Lines two', huntingConfiguration: { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 25, members } },
    },
    [`${A}/group/{callGroupId}`]: { body: { name: 'Group two', type: 'USER', memberIds: [ids['userId']] } },
    [`${A}/call-queue/{queueId}`]: {
      body: { name: 'Queue two', extension: '4811', overflow: toUser, strategy: 'LINEAR', agents: [{ userId: ids['userId'], penalty: 3, skills: ['french'] }], requiredSkills: ['french'], maxWaitTime: 77, maxCallers: 7, ringTimeout: 21, wrapUpTime: 9, positionAnnouncements: true, announcementInterval: 31, callbackEnabled: true }, // prettier-ignore
    },
    [`${A}/conference-room/{conferenceRoomId}`]: { body: { name: 'Room two', extension: '4812', pin: '987654', maxParties: 5, entryTone: false } },
    [`${A}/ivr/{ivrId}`]: { body: { name: 'Menu two', top: '1', left: '2', fixedPosition: true } },
    [`${A}/grouppaging/{pagingGroupId}`]: { body: { name: 'Paging two', type: 'PRIORITY', extension: '4813', groupIds: [ids['callGroupId']] } },
    [`${A}/callpark/{spotId}`]: { body: { name: 'Spot two', spotNumber: '72', timeout: 77, overflow: toUser } },
    [`${A}/grouppickup/{pickupGroupId}`]: { body: { name: 'Pickup two', groupIds: [ids['callGroupId']] } },
    [`${A}/siptrunkgroup/{groupId}`]: {
      body: { name: 'Trunks two', unconditionalForward: { ...toUser, enabled: true }, unreachableForward: [toUser], capacityForward: [toUser], sipTrunksIds: [ids['sipTrunkId']] }, // prettier-ignore
    },
    [`${A}/siptrunk_2/{sipTrunkId}`]: {
      body: { trunkName: 'Trunk two', sipUsername: 'pbx-number-two', sipPassword: 'secret-2', concurrentCalls: 4, maxBurstCalls: 2, primaryTn: ids['number'], callbackNumber: ids['number'], localServicesEnabled: true, extensionPatterns: ['21XX'], externalChargeNumber: ids['number'], pbxTnDigits: 7, languageTag: 'fr-CA', ipBasedAuthEnabled: true, ipAddress: '192.0.2.199', portNumber: 5070, sipTrunkGroupId: ids['sipTrunkGroupId'] }, // prettier-ignore
    },
  }
}
