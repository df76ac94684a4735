import type { ReferenceType } from '../telephone-numbers/index.ts'

/** What a number can be assigned to by path: the word of the path, the kind it means, what it is called in sentences (S2-29 … S2-32, S2-41, C-39). */
export interface DestinationPath {
  readonly segment: string
  readonly type: ReferenceType
  readonly noun: string
}

export const DESTINATION_PATHS: readonly DestinationPath[] = [
  { segment: 'user', type: 'END_USER', noun: 'a user' },
  { segment: 'deviceline', type: 'LINE_APPEARANCE', noun: 'a device line' },
  { segment: 'ivr', type: 'IVR', noun: 'an IVR' },
  { segment: 'auto-attendant', type: 'AUTO_ATTENDANT', noun: 'an auto attendant' },
  { segment: 'hunt-group', type: 'LINE_HUNTGROUP', noun: 'a hunt group' },
  { segment: 'call-queue', type: 'CALL_QUEUE', noun: 'a call queue' },
  { segment: 'conference-room', type: 'CONFERENCE_ROOM', noun: 'a conference room' },
  { segment: 'grouppaging', type: 'PAGING_GROUP', noun: 'a paging group' },
  { segment: 'call-group', type: 'CALL_GROUP', noun: 'a call group' },
  { segment: 'business-line', type: 'BUSINESS_LINE', noun: 'a business line' },
  { segment: 'business-line-hunt-group', type: 'BUSINESS_LINE_HUNT_GROUP', noun: 'a business line hunt group' },
  { segment: 'specialty-line', type: 'SPECIALTY_LINE', noun: 'a specialty line' },
  { segment: 'siptrunk_2', type: 'SIP_TRUNK', noun: 'a SIP trunk' },
  { segment: 'siptrunkgroup', type: 'SIP_TRUNK_GROUP', noun: 'a SIP trunk group' },
  { segment: 'vfax', type: 'VFAX', noun: 'a fax line' },
]
