import type { AccountServices } from '@dialtone/call-routing'
import type { Sql } from '../../database/index.ts'
import { conferenceRooms } from './conference-rooms.ts'
import { dialPlanRules } from './dial-plan-rules.ts'
import { callRecording } from './call-recording.ts'
import { extensionTargets } from './extension-targets.ts'
import { faxLines } from './fax-lines.ts'
import { forwardCodes } from './forward-codes.ts'
import { holdMusic } from './hold-music.ts'
import { lineHandling } from './line-handling.ts'
import { menus } from './menus.ts'
import { pagingGroups } from './paging-groups.ts'
import { parkingSpots } from './parking-spots.ts'
import { pickupGroups } from './pickup-groups.ts'
import { queues } from './queues.ts'
import { ringGroups } from './ring-groups.ts'
import { recentEmergencies } from './recent-emergencies.ts'
import { voicemailBoxes } from './voicemail-boxes.ts'
import { supervision } from './supervision.ts'
import type { ServiceReader } from './service-reader.ts'
import { trunkForwards } from './trunk-forwards.ts'
import { trunkPatterns } from './trunk-patterns.ts'

const NONE: AccountServices = {
  targetByExtension: new Map(),
  ringGroups: new Map(),
  lineHandling: new Map(),
  trunkIdByPattern: new Map(),
  emergenciesByNumber: new Map(),
  trunkForwards: new Map(),
  trunkGroups: new Map(),
  voicemailBoxes: new Map(),
  forwardCodes: new Map(),
  conferenceRooms: new Map(),
  faxLines: new Map(),
  pagingGroups: new Map(),
  parkingSpots: new Map(),
  dialPlanRules: [],
  pickupGroups: [],
  supervision: undefined,
  menus: new Map(),
  queues: new Map(),
  holdMusic: { sounds: [], isBeep: false },
}

const SERVICE_READERS: readonly ServiceReader[] = [
  callRecording, extensionTargets, ringGroups, lineHandling, trunkPatterns, recentEmergencies, trunkForwards, voicemailBoxes, forwardCodes,
  menus, queues, parkingSpots, dialPlanRules, pickupGroups,
  conferenceRooms, faxLines, pagingGroups, supervision, holdMusic,
] // prettier-ignore

export async function readServices(sql: Sql, accountId: string): Promise<AccountServices> {
  const parts = await Promise.all(SERVICE_READERS.map((read) => read(sql, accountId)))
  return Object.assign({}, NONE, ...parts) as AccountServices
}
