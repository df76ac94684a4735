const P = '/v2/partition/{partitionId}'
const A = `${P}/account/{accountId}`

const ACTS = 'does something, and is no picture of a thing'
const ANSWERS = 'asks, and changes nothing'
const A_FILE = 'names a file whose rows are judged with its import'
const DESTINATION = 'points a number at a thing: judged with the number'
const ORDERS = 'begins an order: what it becomes is judged with the number, the port or the order'

/** Operations with a body that write no thing with fields of its own that could be read where it is written, by name: why. */
export const NO_THINGS: Readonly<Record<string, string>> = {
  ...each(ACTS, [
    'POST /v2/authorize',
    'PUT /v2/authorize',
    'POST /v2/authorize/resetpassword',
    'PUT /v2/authorize/resetpassword',
    'POST /v2/oauth/token',
    'POST /v2/authorize/jwt',
    'PUT /v2/bulk-user-operation/job/{jobId}',
    `POST ${P}/apikey/{apiKeyId}/rotate`,
    `POST ${P}/webhook/{webhookId}/rotate-secret`,
    `POST ${P}/webhook/{webhookId}/replay`,
    `PUT ${P}/devicetemplate/{templateId}/version/{version}/rollout`,
    `PUT ${A}/device/{macAddress}/configuration/window`,
    `POST ${A}/business-line/{businessLineId}/port-assignment/rpc/swap`,
    `PUT ${A}/business-line/voicemail-box/{voicemailBoxId}/message/bulk-update`,
    `POST ${A}/business-line/voicemail-box/{voicemailBoxId}/message/{messageId}/set-read-status`,
    `PUT ${A}/voicemailbox/{voicemailBoxId}/voicemailmessage/{messageId}`,
    `PUT ${A}/voicemailbox/{voicemailBoxId}/pin`,
    `PUT ${A}/call-queue/{queueId}/agent/{agentId}`,
    `PUT ${A}/callingplan`,
    `POST ${A}/callingplanswap`,
    `POST ${A}/user/{userId}/callingplanswap`,
    `POST ${A}/deviceline/{deviceId}/swap`,
    `POST ${A}/user/{userId}/device/{deviceId}/swap`,
    `PUT ${A}/user/{userId}/repurpose`,
    `PUT ${A}/user/{userId}/softphone`,
    `POST ${A}/calls`,
    `POST ${A}/calls/{callId}/transfer`,
    `POST ${A}/calls/{callId}/supervise`,
    `POST ${A}/calls/{callId}/record`,
    `PUT ${A}/reference/{referenceId}/type/{serviceType}`,
    'POST /sipgwping/{entity}/{param1}/{param2}',
    'PUT /devices/reboot/{deviceId}',
    'POST /devices/sipnotify/{deviceId}',
    'POST /siptrunkips/{entity}',
  ]),
  ...each(ANSWERS, [
    `POST ${P}/carrier-trunk/normalize`,
    `POST ${A}/carrier-trunk/normalize`,
    `POST ${P}/routing/explain`,
    `PUT ${P}/account/e911/prevalidate`,
    `POST ${P}/account/prevalidate`,
    'POST /v2/rpc/specialty-line/validate-sip-username',
    'POST /siptrunk/{id}/normalize',
  ]),
  ...each(A_FILE, [
    `POST ${P}/account/bulkstatuschange_2`,
    `POST ${P}/ratecenter/inventoryplan_2`,
    `POST ${P}/telephonenumber/bulkimport_2`,
    `POST ${P}/deviceinventory/import`,
    `POST ${P}/deviceinventory/delete`,
    `POST ${P}/deviceinventory_2`,
  ]),
  ...each(
    DESTINATION,
    ['user', 'deviceline', 'ivr', 'auto-attendant', 'hunt-group', 'call-queue', 'conference-room', 'grouppaging', 'call-group', 'business-line', 'business-line-hunt-group', 'specialty-line', 'siptrunk_2', 'siptrunkgroup', 'vfax'].map((thing) => `PUT ${A}/${thing}/{objectId}/telephone-number`), // prettier-ignore
  ),
  ...each(DESTINATION, [`PUT ${A}/device/{deviceId}/line/{lineNumber}/telephone-number`, `PUT ${A}/telephonenumber/{tn}/destination`]),
  ...each(ORDERS, [
    `POST ${P}/telephone-number/order`,
    `POST ${P}/telephone-number/order/tollfree`,
    `POST ${P}/telephone-number/port`,
    `POST ${A}/dynamic-inventory/orders`,
    `POST ${A}/telephonenumber/tn-requests/actions/cancel`,
    `POST ${A}/telephonenumber/tn-requests/actions/resubmit`,
    `POST ${A}/telephonenumber`,
    `POST ${A}/telephonenumber/external`,
    `POST ${P}/telephonenumber`,
  ]),
  ...each('many things in one, each by its own operation', [
    `POST ${P}/onboarding`,
    `POST ${P}/account/activation/multiple`,
    `POST ${P}/account/activation`,
    `POST ${A}/user/activation`,
  ]),
  [`PUT ${P}/ratecenter/reordernotification`]: 'a list, without fields',
  [`POST ${A}/emergency-notification`]: 'makes what its PUT replaces',
  [`POST ${A}/device/{macAddress}/line`]: 'a line, as at …/deviceline',
  [`POST ${P}/partition`]: 'the fields of the PUT, and its first operator',
  [`PUT ${P}/setting/{type}`]: 'one setting of the partition',
  [`POST ${P}/inboundcarriers`]: 'read in their list alone',
  [`POST ${P}/devicetemplate`]: 'read as versions',
  [`POST ${P}/devicetemplate/{templateId}/version`]: 'read as versions',
  'POST /v2/user-groups/settings': 'read by their query alone',
  'PUT /v2/user-groups/settings': 'read by their query alone',
}

function each(reason: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]))
}
