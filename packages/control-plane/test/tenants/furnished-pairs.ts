import { addNumberTo, type TestControlPlane } from '@dialtone/testkit'
import { RECORD } from './filled-bodies.ts'
import type { FurnishedTenant, Ids } from './furnished-tenant.ts'

async function numbersOf(platform: TestControlPlane, ids: Ids): Promise<readonly string[]> {
  const { sql } = platform.plane.context.database
  const mine = { partition_id: ids['partitionId'] ?? '' }
  const numbers: string[] = []
  for (const turn of [81, 82, 83, 84]) {
    const number = await addNumberTo(platform, ids['accountId'] ?? '', turn, 'pairs')
    await sql.updateTable('telephone_number').set(mine).where('phone_number', '=', number).execute()
    await sql.updateTable('account_object').set(mine).where('id', '=', number).execute()
    numbers.push(number)
  }
  return numbers
}

/** Two of everything bodies point at. */
export async function furnishPairs(platform: TestControlPlane, { token, ids }: FurnishedTenant) {
  const partition = `/v2/partition/${ids['partitionId']}`
  const account = `${partition}/account/${ids['accountId']}`
  const make = async (path: string, body: object, name = 'id'): Promise<string> => {
    const answer = await platform.call('POST', path, body, token)
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return String(answer.body[name])
  }
  const numbers = await numbersOf(platform, ids)
  const userB = await make(`${account}/user`, { firstName: 'Second', lastName: 'User', extension: '4300', username: 'second-user@example.com', emailAddress: 'second-user@example.com' }) // prettier-ignore
  const userC = await make(`${account}/user`, { firstName: 'Third', lastName: 'User', extension: '4301', username: 'third-user@example.com', emailAddress: 'third-user@example.com' }) // prettier-ignore
  const box = await make(`${account}/voicemailbox`, { name: 'Second box', type: 'Primary' })
  const groupB = await make(`${account}/group`, { name: 'Second group', type: 'USER', memberIds: [userB] })
  const lineB = await make(`${account}/business-line`, { name: 'Second line' })
  const boxA = await make(`${account}/business-line/voicemail-box`, { name: 'First line box' })
  const boxB = await make(`${account}/business-line/voicemail-box`, { name: 'Second line box' })
  const productB = await make(`${partition}/callingplanproduct`, { name: 'Second plan', planMinutes: 200 })
  const roleB = await make(`${partition}/security`, { name: 'Second role', userType: 'ManagementUser', permissions: [] })
  const roleC = await make(`${partition}/security`, { name: 'Account role one', userType: 'AccountUser', permissions: [] })
  const roleD = await make(`${partition}/security`, { name: 'Account role two', userType: 'AccountUser', permissions: [] })
  const carrierB = await make(`${partition}/inboundcarriers`, { name: 'Second carrier', carrierType: 'NO_API', enableByotn: true })
  const trunkGroupB = await make(`${account}/siptrunkgroup`, { name: 'Second trunk group' })
  const trunkB = await make(`${account}/siptrunk_2`, { trunkName: 'Second', concurrentCalls: 1, sipUsername: 'pbx-second-one', sipPassword: 'secret-1' })
  const huntGroupB = await make(`${account}/business-line-hunt-group`, { name: 'Hunt B', huntingConfiguration: { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: [lineB] } }) // prettier-ignore
  const deviceLineB = await make(`${account}/deviceline`, { userId: userB, deviceName: 'B', deviceTypeId: 'SPA112', lineNumber: 1, macAddress: '0200f0001001' })
  const port = { crdDate: '2026-12-02', billingTelephoneNumber: '16075558111', portingAuthorizedName: 'John Smith', wirelessAccountNumber: '77' }
  const answer = await platform.call('POST', `${account}/telephonenumber`, { telephoneNumbers: [{ phoneNumber: '16075558111' }], customerServiceRecord: RECORD, directoryListing: { listed: false, type: 'PORTED' }, port }, token) // prettier-ignore
  if (answer.status >= 300) throw new Error(`port: ${JSON.stringify(answer.body)}`)
  const portId = String((answer.body['port'] as { id?: string }).id)
  const sub = await make(`${partition}/partition`, { name: 'Sub' })
  const carrierSub1 = await make(`/v2/partition/${sub}/inboundcarriers`, { name: 'Sub carrier one', carrierType: 'NO_API', enableByotn: true })
  const carrierSub2 = await make(`/v2/partition/${sub}/inboundcarriers`, { name: 'Sub carrier two', carrierType: 'NO_API', enableByotn: true })
  const templateB = await make(`${partition}/devicetemplate`, { name: 'Second template' })
  const groups = `/v2/user-groups/settings?partitionId=${ids['partitionId']}&accountId=${ids['accountId']}`
  const userGroupA = await make(groups, { groupName: 'First team', groupDescription: 'words', userIds: [{ userId: userB }] }, 'groupId')
  const userGroupB = await make(groups, { groupName: 'Second team', groupDescription: 'words', userIds: [{ userId: userB }] }, 'groupId')
  const people = { userB, userC, userGroupA, userGroupB, groupB, box, boxA, boxB, lineB, deviceLineB, huntGroupB, trunkB, trunkGroupB }
  const ofPartition = { productB, roleB, roleC, roleD, carrierB, carrierSub1, carrierSub2, templateB, sub }
  return { ids, numbers, portId, ...people, ...ofPartition }
}

export type Pairs = Awaited<ReturnType<typeof furnishPairs>>
