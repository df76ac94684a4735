import type { CallCommandResult } from '@dialtone/softswitch'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'

/** Why the switch did not do what it was told to. */
export function commandFailure(result: Exclude<CallCommandResult, 'done'>, callId: string): ApiFailure {
  switch (result) {
    case 'NoSuchCall':
      return entityNotFound('Call', callId)
    case 'EmergencyCall':
      return inConflict('EmergencyCall', 'A call for help is not touched by anybody but those who talk (47 CFR 9.11).')
  }
}
