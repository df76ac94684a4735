import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { instantAt } from '../business-days/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import type { ActivationStatus } from '../service-activations/index.ts'
import { takeStep } from './advance-ports.ts'
import { lockPort } from './port-queries.ts'
import type { PortRecord } from './port-record.ts'
import type { PortStep } from './porting-carrier.ts'

/** What an operator heard from the losing carrier. */
export interface PortNews {
  readonly status: ActivationStatus
  /** With FOC_RECEIVED; without it the cut is at ten on the day asked for. ISO 8601. */
  readonly focDate?: string | undefined
  /** With REJECTED. */
  readonly code?: string | undefined
  readonly message?: string | undefined
}

const CUT_OVER_TIME = '10:00'

/** Takes a port further that people drive: the same steps, events and rules as when a carrier's interface tells of them. */
export function decidePort(context: Context, principal: Principal, scope: AccountScope, id: string, news: PortNews): Promise<Result<PortRecord, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const port = await lockPort(change.sql, scope, id)
    if (port === undefined) return err(entityNotFound('Port', id))
    const step = stepOf(port, news)
    return step.ok ? ok(await takeStep(change, port, step.value, change.now)) : step
  })
}

function stepOf(port: PortRecord, news: PortNews): Result<PortStep, ApiFailure> {
  const { status } = port
  if (news.status === 'FOC_RECEIVED' && status === 'PENDING') {
    const focAtMs = news.focDate === undefined ? instantAt(port.crdDate, CUT_OVER_TIME, port.timeZone) : Date.parse(news.focDate)
    return Number.isNaN(focAtMs) ? err(invalidField('focDate', 'is no date', 'ISO 8601')) : ok({ status: 'APPROVED', focAtMs })
  }
  if (news.status === 'REJECTED' && status === 'PENDING') {
    const { code = 'REJECTED', message = 'The losing carrier refused.' } = news
    return ok({ status: 'REJECTED', rejection: { code, message, editableFields: ['name', 'wirelessAccountNumber', 'wirelessPin', 'crdDate'] } })
  }
  if (news.status === 'IN_PROGRESS' && status === 'APPROVED') return ok({ status: 'IN_PROGRESS' })
  if (news.status === 'COMPLETED' && (status === 'APPROVED' || status === 'IN_PROGRESS')) return ok({ status: 'COMPLETED' })
  return err(inConflict('PortInOtherState', `A port that is ${status} cannot become ${news.status}.`, { portId: port.id, status }))
}
