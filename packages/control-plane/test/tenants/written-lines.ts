import type { Pairs } from './furnished-pairs.ts'
import { A, both, type WrittenThing } from './written-thing.ts'

/** Lines, trunks, their devices and boxes. */
export function writtenLines(p: Pairs): readonly WrittenThing[] {
  return [...businessLines(p), ...trunks(p), ...linesOfDevices(p)]
}

function businessLines(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const fail = (turn: number, n: number) => ({ '@type': 'ForwardRingFailoverAction', forwardToPhoneNumber: `180155502${n}${turn}` })
  const handlingLine = (turn: number) => ({ activeCallHandling: turn === 1 ? 'FORWARD' : 'RING_LINE', callWaitingEnabled: turn === 1, busyFailoverAction: fail(turn, 1), unregisteredFailoverAction: fail(turn, 2), ringTimeoutConfiguration: { '@type': 'LimitedRingTimeoutConfiguration', timeoutSeconds: 21 + turn, noAnswerAction: fail(turn, 3) }, forwardToPhoneNumber: `1801555024${turn}`, voicemailBoxId: turn === 1 ? p.boxA : p.boxB, voicemailBoxID: turn === 1 ? p.boxA : p.boxB }) // prettier-ignore
  return [
    { at: `${A}/business-line/{businessLineId}`, madeAt: `${A}/business-line`, idName: 'businessLineId', bodies: both((turn) => ({ name: `Line ${turn}`, callerIdPhoneNumber: p.numbers[turn - 1], callerIdVisible: turn === 2, emergencyCallbackPhoneNumber: p.numbers[turn - 1] })) }, // prettier-ignore
    {
      at: `${A}/business-line/{businessLineId}/call-handling`,
      bodies: both(handlingLine),
      otherwise: { voicemailBoxID: 'another word for voicemailBoxId', voicemailBoxId: 'as voicemailBoxID' },
    },
    {
      at: `${A}/business-line/{businessLineId}/port-assignment`,
      madeAt: `${A}/business-line/{businessLineId}/port-assignment`,
      bodies: both((turn) => ({
        macAddress: `0200f000210${turn}`,
        portNumber: 3 - turn,
        deviceTypeId: 'SPA112',
        faxEnabled: turn === 1,
      })),
      otherwise: { deviceTypeId: 'an ATA in both' },
    },
    {
      at: `${A}/business-line/{businessLineId}/sip-credentials`,
      bodies: both((turn) => ({ sipUsername: `written-bl-${turn}`, sipPassword: `a-long-password-${turn}` })),
      otherwise: { sipPassword: 'a secret' },
    },
    { at: `${A}/business-line/voicemail-box/{voicemailBoxId}`, madeAt: `${A}/business-line/voicemail-box`, idName: 'voicemailBoxId', bodies: both((turn) => ({ name: `BBox ${turn}`, forwardMessageToEmailAddresses: [`v${turn}@example.com`], forwardMessageToEmailEnabled: turn === 1, shouldKeepMessageAfterForward: turn === 2, locale: turn === 1 ? 'fr-CA' : 'es-MX' })) }, // prettier-ignore
    { at: `${A}/specialty-line/{lineId}`, madeAt: `${A}/specialty-line`, idName: 'lineId', bodies: both((turn) => ({ name: `Alarm ${turn}`, callerId: p.numbers[turn - 1], e911CallbackNumber: p.numbers[turn - 1], callingPlanIds: [turn === 1 ? ids['planProductId'] : p.productB], deviceType: 'SPA112', macAddress: `0200f000220${turn}`, portNumber: 3 - turn, sipUsername: `written-alarm-${turn}`, sipPassword: `a-long-password-${turn}` })), otherwise: { deviceType: 'one type in both' }, stay: ['sipUsername', 'sipPassword'] }, // prettier-ignore
    {
      at: `${A}/vfax/{id}`,
      madeAt: `${A}/vfax`,
      idName: 'id',
      bodies: both((turn) => ({ name: `Fax ${turn}`, emailAddresses: [`fax${turn}@example.com`], languageTag: turn === 1 ? 'fr-CA' : 'es-MX' })),
    },
    { at: `${A}/voicemailbox/{voicemailBoxId}`, madeAt: `${A}/voicemailbox`, idName: 'voicemailBoxId', bodies: both((turn) => ({ name: `Box ${turn}`, type: 'Sub', locale: turn === 1 ? 'fr-CA' : 'es-MX', voicemailToEmailAddresses: [`vm${turn}@example.com`], voicemailToEmailEnabled: turn === 1, voicemailKeepAfterEmail: turn === 2, messageTranscriptionEnabled: turn === 1, parentId: turn === 1 ? ids['primaryBoxId'] : p.box, dtmfOption: String(1 + turn) })), otherwise: { type: 'one with a parent is a Sub' } }, // prettier-ignore
  ]
}

function trunks(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const to = (turn: number) => ({ referenceType: turn === 1 ? 'END_USER' : 'IVR', referenceId: turn === 1 ? p.userB : ids['ivrId'] })
  const trunkForward = (turn: number) => ({
    unconditionalForward: { ...to(turn), enabled: turn === 1 },
    unreachableForward: [to(turn)],
    capacityForward: [to(turn)],
  })
  const trunk = (turn: number) => ({ trunkName: `Trunk ${turn}`, sipUsername: `written-pbx-${turn}`, sipPassword: `secret-w${turn}`, concurrentCalls: 3 + turn, maxBurstCalls: turn, primaryTn: p.numbers[turn - 1], primaryTN: p.numbers[turn - 1], callbackNumber: p.numbers[turn - 1], localServicesEnabled: turn === 1, extensionPatterns: [`2${turn}XX`], externalChargeNumber: p.numbers[2 - turn], pbxTnDigits: 6 + turn, languageTag: turn === 1 ? 'fr-CA' : 'es-MX', ipBasedAuthEnabled: turn === 1, ipAddress: `192.0.2.20${turn}`, portNumber: 5070 + turn, sipTrunkGroupId: turn === 1 ? ids['sipTrunkGroupId'] : p.trunkGroupB, newCppId: turn === 1 ? ids['planProductId'] : p.productB, setupCallingPlan: { referenceId: turn === 1 ? ids['planProductId'] : p.productB, callingPlanType: 'NEW_CALLING_PLAN' } }) // prettier-ignore
  return [
    {
      at: `${A}/siptrunkgroup/{groupId}`,
      madeAt: `${A}/siptrunkgroup`,
      idName: 'groupId',
      bodies: both((turn) => ({ name: `Trunks ${turn}`, ...trunkForward(turn), sipTrunksIds: [turn === 1 ? ids['sipTrunkId'] : p.trunkB] })),
      stay: ['sipTrunksIds'],
    },
    { at: `${A}/siptrunkgroup/{groupId}/forward`, bodies: both(trunkForward) },
    {
      at: `${A}/siptrunk_2/{sipTrunkId}`,
      madeAt: `${A}/siptrunk_2`,
      idName: 'sipTrunkId',
      bodies: both(trunk),
      otherwise: {
        sipPassword: 'shown to who may see it',
        primaryTN: 'another word for primaryTn',
        primaryTn: 'as primaryTN',
        newCppId: 'what to do',
        setupCallingPlan: 'what to do',
      },
      words: { primaryTN: 'primaryTn' },
      stay: ['sipUsername', 'sipPassword'],
    },
    {
      at: `${A}/siptrunk_2/{sipTrunkId}/forward`,
      bodies: both((turn) => ({ forwardAlways: { ...to(turn), enabled: turn === 1 }, forwardOnFailure: [to(turn)], forwardOnCapacityExceeded: [to(turn)] })),
      otherwise: { partitionId: 'in the path', accountId: 'in the path', sipTrunkId: 'in the path' },
    },
  ]
}

function linesOfDevices(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const line = (turn: number) => ({ userId: turn === 1 ? p.userB : p.userC, deviceName: `Desk ${turn}`, deviceTypeId: 'SPA112', deviceId: 'SPA112', deviceType: 'SPA112', model: 'SPA112', macAddress: '0200f0002001', lineNumber: 3 - turn, lineType: 'Line', referenceId: '', faxEnabled: turn === 1, emergencyNumber: p.numbers[turn - 1], state: 'x', sipUsername: `written-line-${turn}`, sipPassword: `a-long-password-${turn}`, features: { voicemail: turn === 2, callWaiting: turn === 2, callForwarding: turn === 2, doNotDisturb: turn === 1 }, codecs: turn === 1 ? ['G722'] : ['PCMA', 'PCMU'] }) // prettier-ignore
  return [
    {
      at: `${A}/deviceline/{deviceId}`,
      madeAt: `${A}/deviceline`,
      idName: 'deviceId',
      bodies: both(line),
      otherwise: {
        deviceId: 'another word for deviceTypeId',
        deviceType: 'another word for deviceTypeId',
        model: 'another word for deviceTypeId',
        referenceId: 'of other kinds of lines',
        lineType: 'a line of a user is one',
        state: 'deprecated, kept nowhere',
        sipPassword: 'a secret',
        macAddress: 'another device is a swap',
        deviceTypeId: 'as macAddress',
      },
      stay: ['lineNumber', 'sipUsername'],
    },
    { at: `${A}/user/{userId}/device/{deviceId}`, madeAt: `${A}/user/{userId}/device`, idName: 'deviceId', bodies: both((turn) => ({ ...line(turn), userId: ids['userId'], macAddress: '0200f0002301', sipUsername: `written-uline-${turn}` })), otherwise: { deviceId: 'another word for deviceTypeId', deviceType: 'another word for deviceTypeId', model: 'another word for deviceTypeId', referenceId: 'of other kinds of lines', lineType: 'a line of a user is one', state: 'deprecated, kept nowhere', sipPassword: 'a secret', macAddress: 'another device is a swap', deviceTypeId: 'as macAddress', userId: 'in the path' }, stay: ['lineNumber', 'sipUsername'] }, // prettier-ignore
    { at: `${A}/device/{macAddress}`, madeAt: `${A}/device`, idName: 'macAddress', bodies: both((turn) => (turn === 1 ? { macAddress: '0200f0002401', deviceType: 'VVX400', deviceTypeId: 'VVX400', type: 'x', model: 'VVX400', manufacturer: 'Polycom', description: 'words 1', deviceName: 'Name 1', name: 'Name 1' } : { status: 'INACTIVE', adminState: 'INACTIVE', deviceName: 'Name 2', name: 'Name 2', description: 'words 2' })), otherwise: { macAddress: 'in the path', deviceType: 'with deviceTypeId, model and manufacturer: read as the kind of device', deviceTypeId: 'stays', type: 'as deviceType', model: 'stays', manufacturer: 'as deviceType', name: 'another word for deviceName', status: 'another word for adminState, and what is registered' }, stay: ['deviceName', 'description'] }, // prettier-ignore
    {
      at: `${A}/device/{macAddress}/metadata`,
      ids: { macAddress: '0200f0002401' },
      bodies: both((turn) => ({
        sideCarTypeId: 'VVXEXP',
        numSideCars: turn,
        adminPassword: `abcd123${turn}`,
        provisionerType: turn === 1 ? 'PHONISM' : 'ALIANZA',
      })),
      otherwise: { sideCarTypeId: 'the type takes one' },
      stay: ['adminPassword'],
    },
    {
      at: `${A}/device/{macAddress}/configuration`,
      bodies: both((turn) => ({ settings: { time_zone: turn === 1 ? 'US/Eastern' : 'US/Pacific' }, templateId: turn === 1 ? ids['templateId'] : p.templateB })),
    },
  ]
}
