import type { CallCommandResult, TransferResult } from '@dialtone/softswitch'
import { type ApiFailure, entityNotFound, inConflict, unavailable } from '../failures/index.ts'

/** Why the switch did not do what it was told to. */
export function commandFailure(result: Exclude<CallCommandResult, 'done'>, callId: string, refusal: TransferResult['refusal'] = DECLINED): ApiFailure {
  switch (result) {
    case 'NoSuchCall':
      return entityNotFound('Call', callId)
    case 'EmergencyCall':
      return inConflict('EmergencyCall', 'A call for help is not touched by anybody but those who talk (47 CFR 9.11).')
    case 'EmergencyDialed':
      return inConflict('EmergencyDialed', 'A call is not sent on to emergency services: the location would be that of somebody else (47 CFR 9.16).')
    case 'NoSuchLine':
      return inConflict('NoSuchLine', 'The switch knows no such line.')
    case 'NoPhoneRegistered':
      return inConflict('NoPhoneRegistered', 'No phone of the user is registered: none could ring.')
    case 'TooManyCalls':
      return unavailable('TooManyCalls', 'The switch takes no further calls now; try again in a moment.')
    case 'CallBusy':
      return inConflict('CallBusy', 'The call is not answered yet, or something else is being done with it; try again in a moment.')
    case 'SupervisionNotAllowed':
      return inConflict('SupervisionNotAllowed', 'The account does not allow that its calls are listened to in this way (call-supervision).')
    case 'RecordingNotAvailable':
      return inConflict('RecordingNotAvailable', 'This server keeps no recordings of calls.')
    case 'RecordingNotAllowed':
      return inConflict('RecordingNotAllowed', 'The account never records calls of this user, line, group, queue or number (call-recording-settings).')
    case 'NotRecorded':
      return inConflict('NotRecorded', 'The account does not record this call now.')
    case 'OwnCall':
      return inConflict('OwnCall', 'The supervisor talks in this call.')
    case 'CallRefused':
      return wouldBeRefused(refusal)
    case 'NotTransferable':
      return inConflict('NotTransferable', 'Nobody in this call talks to a line of this account, or waits in it, who could be sent on.')
  }
}

const DECLINED = { code: 'DestinationNotAvailable', statusCode: 480, reasonPhrase: 'Temporarily Unavailable' } as const

/** The call would end as soon as it is dialed: nobody's phone rings for that. */
export function wouldBeRefused(refusal: { readonly code: string; readonly statusCode: number; readonly reasonPhrase: string }): ApiFailure {
  const { code, statusCode, reasonPhrase } = refusal
  return inConflict('CallRefused', `The call would be refused with ${statusCode} ${reasonPhrase} (${code}).`, { code, statusCode, reasonPhrase })
}
