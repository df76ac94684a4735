import type { Logger } from '@dialtone/foundation'
import type { CallRecordSink } from './ports/call-record.ts'
import type { SwitchEvents } from './ports/switch-events.ts'

/** Those who are told of calls and registrations, so that a bug of theirs is logged and never ends a call. */
export interface Listeners {
  readonly records: CallRecordSink
  readonly events: Required<SwitchEvents>
}

export function guardListeners(records: CallRecordSink, events: SwitchEvents, logger: Logger): Listeners {
  function guarded<Told>(what: string, tell: (told: Told) => void): (told: Told) => void {
    return (told) => {
      try {
        tell(told)
      } catch (error) {
        logger.error('a listener of the switch failed', { what, error: String(error) })
      }
    }
  }
  return {
    records: {
      checkpoint: guarded('checkpoint', (record) => records.checkpoint(record)),
      close: guarded('close', (record) => records.close(record)),
    },
    events: {
      registrationChanged: guarded('registrationChanged', (event) => events.registrationChanged(event)),
      emergencyCall: guarded('emergencyCall', (event) => events.emergencyCall(event)),
      carrierChanged: guarded('carrierChanged', (event) => events.carrierChanged?.(event)),
      gatewayProbed: guarded('gatewayProbed', (event) => events.gatewayProbed?.(event)),
      carrierRegistration: guarded('carrierRegistration', (event) => events.carrierRegistration?.(event)),
      callEnded: guarded('callEnded', (record) => events.callEnded?.(record)),
    },
  }
}
