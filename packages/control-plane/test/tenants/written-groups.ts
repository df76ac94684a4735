import type { Pairs } from './furnished-pairs.ts'
import { A, both, type WrittenThing } from './written-thing.ts'

/** What rings several, and menus. */
export function writtenGroups(p: Pairs): readonly WrittenThing[] {
  const { ids } = p
  const to = (turn: number) => ({ referenceType: turn === 1 ? 'END_USER' : 'IVR', referenceId: turn === 1 ? p.userB : ids['ivrId'] })
  const hunting = (turn: number) => ({ '@type': turn === 1 ? 'LinearHuntingConfiguration' : 'RoundRobinHuntingConfiguration', ringTimeoutSeconds: 20 + turn, members: turn === 1 ? [{ businessLineId: p.lineB, sequenceOrder: 1 }] : [{ businessLineId: ids['businessLineId'], sequenceOrder: 2 }] }) // prettier-ignore
  const component = (turn: number) => [
    { id: 'in', type: 'INCOMING', name: `in${turn}`, left: `1${turn}`, top: `2${turn}` },
    { id: 'menu', type: 'MENU', name: `menu${turn}`, left: `3${turn}`, top: `4${turn}`, initPromptId: '', initPromptText: `Welcome ${turn}`, allowBargeInDuringInitPrompt: turn === 1, menuPromptId: '', menuPromptText: `Press ${turn}`, menuRepeatDelay: 4 + turn, dtmf: [{ id: 'one', type: 'DTMF', name: `d${turn}`, left: `5${turn}`, top: `6${turn}`, digit: String(turn) }], failure: { id: 'none', type: 'MENU_FAILURE', name: `f${turn}`, left: `7${turn}`, top: `8${turn}`, menuTimeout: 5 + turn, invalidSelectionPrompt: '', maxInvalidSelections: 2 + turn } }, // prettier-ignore
    {
      id: 'dir',
      type: 'DIRECTORY',
      introPrompt: '',
      directoryDialType: turn === 1 ? 'NAME' : 'EXTENSION',
      menuTimeout: 6 + turn,
      invalidSelectionPrompt: '',
      maxInvalidSelections: 3 + turn,
    },
    { id: 'group', type: 'GROUP', ringType: turn === 1 ? 'SIMULTANEOUS' : 'SEQUENTIAL', groupType: 'USER', routedToList: [{ id: turn === 1 ? p.userB : p.userC, timeoutSeconds: 20 + turn }], timeoutSeconds: 30 + turn, timeoutComponentId: 'end' }, // prettier-ignore
    {
      id: 'user',
      type: 'USER',
      userId: turn === 1 ? p.userB : p.userC,
      sendDirectlyToVoicemail: turn === 1,
      timeoutSeconds: 20 + turn,
      timeoutComponentId: 'end',
    },
    { id: 'lines', type: 'LINE_HUNTGROUP', lineHuntGroupId: turn === 1 ? ids['huntGroupId'] : p.huntGroupB },
    { id: 'times', type: 'SCHEDULE', scheduleComponent: [{ id: 'open', type: 'SCHEDULE_RULE_COMPONENT', name: `open${turn}`, left: `9${turn}`, top: `10${turn}`, weekly: { US: { MON: { startTime: `0${turn}:00`, endTime: '09:00' } } } }, { id: 'xmas', type: 'SCHEDULE_RULE_COMPONENT', custom: { date: `2026-12-2${turn}`, startTime: '08:00', endTime: '09:00' } }] }, // prettier-ignore
    { id: 'number', type: 'FORWARD', toNumber: `1801555030${turn}` },
    { id: 'end', type: 'HANGUP', goodBye: '' },
  ]
  return [
    {
      at: `${A}/business-line-hunt-group/{huntGroupId}`,
      madeAt: `${A}/business-line-hunt-group`,
      idName: 'huntGroupId',
      bodies: both((turn) => ({ name: `BHunt ${turn}`, huntingConfiguration: hunting(turn) })),
      otherwise: {
        activeForwardConfigurationId: 'chosen among forwards that are made below it',
        'huntingConfiguration.members.ringTimeoutSeconds': 'of a sequence alone',
      },
    },
    { at: `${A}/business-line-hunt-group/{huntGroupId}/failover-action/{reason}`, bodies: both((turn) => ({ '@type': turn === 1 ? 'ForwardFailoverAction' : 'VoicemailFailoverAction', ...(turn === 1 ? { forwardToPhoneNumber: '18015550231' } : { voicemailBoxId: p.boxA }), failoverReason: 'BUSY' })), otherwise: { failoverReason: 'in the path' } }, // prettier-ignore
    { at: `${A}/business-line-hunt-group/{huntGroupId}/forward-configuration/{id}`, madeAt: `${A}/business-line-hunt-group/{huntGroupId}/forward-configuration`, idName: 'id', bodies: both((turn) => ({ name: `FC ${turn}`, starCode: `*3${turn}`, forwardConfigurationType: turn === 1 ? 'VARIABLE' : 'FIXED', forwardToPhoneNumber: `1801555025${turn}` })) }, // prettier-ignore
    { at: `${A}/group/{callGroupId}`, madeAt: `${A}/group`, idName: 'callGroupId', bodies: both((turn) => ({ name: `Group ${turn}`, type: turn === 1 ? 'USER' : 'DEVICE', subType: 'ANY_USER', memberIds: [turn === 1 ? p.userB : p.deviceLineB] })), otherwise: { subType: 'of users there is one' }, together: ['type', 'memberIds'] }, // prettier-ignore
    { at: `${A}/call-queue/{queueId}`, madeAt: `${A}/call-queue`, idName: 'queueId', bodies: both((turn) => ({ name: `Queue ${turn}`, extension: `481${turn}`, overflow: to(turn), strategy: turn === 1 ? 'LINEAR' : 'ROUND_ROBIN', agents: [{ userId: turn === 1 ? p.userB : p.userC, penalty: 2 + turn, skills: [`s${turn}`] }], requiredSkills: [`s${turn}`], maxWaitTime: 76 + turn, maxCallers: 6 + turn, ringTimeout: 20 + turn, wrapUpTime: 8 + turn, positionAnnouncements: turn === 1, announcementInterval: 30 + turn, callbackEnabled: turn === 1 })), otherwise: { holdMusic: 'an uploaded file', 'agents.lineId': 'instead of userId' }, together: ['agents', 'requiredSkills'] }, // prettier-ignore
    { at: `${A}/conference-room/{conferenceRoomId}`, madeAt: `${A}/conference-room`, idName: 'conferenceRoomId', bodies: both((turn) => ({ name: `Room ${turn}`, extension: `482${turn}`, pin: `98765${turn}`, maxParties: 4 + turn, entryTone: turn === 2 })) }, // prettier-ignore
    { at: `${A}/hunt-group/{huntGroupId}`, madeAt: `${A}/hunt-group`, idName: 'huntGroupId', bodies: both((turn) => ({ name: `Hunt ${turn}`, extension: `483${turn}`, ...(turn === 1 ? { overflow: to(1), voicemailEnabled: null, voicemailBoxId: null } : { overflow: null, voicemailBoxId: p.box, voicemailEnabled: true }), strategy: turn === 2 ? 'ROUND_ROBIN' : 'SEQUENTIAL', members: [{ userId: turn === 1 ? p.userB : p.userC, priority: 2 + turn, ...(turn === 1 ? { ringTimeout: 11 } : {}) }], ringTimeout: 32 + turn })), otherwise: { 'members.lineId': 'instead of userId', voicemailEnabled: 'instead of overflow', voicemailBoxId: 'with voicemailEnabled', overflow: 'instead of voicemail' }, together: ['strategy', 'members'] }, // prettier-ignore
    { at: `${A}/ivr/{ivrId}`, madeAt: `${A}/ivr`, idName: 'ivrId', bodies: both((turn) => ({ name: `Menu ${turn}`, top: `1${turn}`, left: `2${turn}`, fixedPosition: turn === 1, ivrComponents: component(turn), ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'menu' }, { fromIvrComponentId: turn === 1 ? 'one' : 'none', toIvrComponentId: 'user' }] })), otherwise: { greeting: 'the short form of a menu, read as components', options: 'as greeting', timeout: 'as greeting', maxRetries: 'as greeting', 'ivrComponents.weekly': 'of a rule within a schedule', 'ivrComponents.custom': 'as weekly', 'ivrComponents.digit': 'of a key within a menu', 'ivrComponents.destination': 'other words for what the components above lead to' }, together: ['ivrComponents', 'ivrComponentMappings'] }, // prettier-ignore
    { at: `${A}/grouppaging/{pagingGroupId}`, madeAt: `${A}/grouppaging`, idName: 'pagingGroupId', bodies: both((turn) => ({ name: `Paging ${turn}`, type: turn === 1 ? 'PRIORITY' : 'EMERGENCY', extension: `484${turn}`, groupIds: [turn === 1 ? p.groupB : ids['callGroupId']] })) }, // prettier-ignore
    {
      at: `${A}/callpark/{spotId}`,
      madeAt: `${A}/callpark`,
      idName: 'spotId',
      bodies: both((turn) => ({ name: `Spot ${turn}`, spotNumber: `8${turn}`, timeout: 76 + turn, overflow: to(turn) })),
    },
    {
      at: `${A}/grouppickup/{pickupGroupId}`,
      madeAt: `${A}/grouppickup`,
      idName: 'pickupGroupId',
      bodies: both((turn) => ({ name: `Pickup ${turn}`, groupIds: [turn === 1 ? p.groupB : ids['callGroupId']] })),
    },
  ]
}
