import { ok, type Result } from '@dialtone/foundation'
import type { GatewayStatus } from '@dialtone/softswitch'
import { actorOf, type Principal } from '../access/index.ts'
import type { CarrierTrunkRow } from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { isWorse } from './gateway-monitor.ts'
import { storeReport } from './gateway-queries.ts'

export interface GatewayReport {
  readonly status: GatewayStatus
  readonly responseMs: number | undefined
  readonly lossPercent: number | undefined
  readonly errorMessage: string | undefined
}

/** Somebody outside says how a gateway is: routing follows at once, our own probes go on from there (S3-65, S3-67). */
export async function reportGateway(
  context: Context,
  principal: Principal,
  { trunk, gatewayId }: { readonly trunk: CarrierTrunkRow; readonly gatewayId: string },
  report: GatewayReport,
): Promise<Result<{ readonly at: Date; readonly isAlert: boolean }, ApiFailure>> {
  const before = context.gateways.statusOf(gatewayId) ?? 'healthy'
  const isAlert = isWorse(report.status, before)
  const reported = await write(context, actorOf(principal), async (change) => {
    const values = {
      status: report.status,
      response_ms: report.responseMs ?? null,
      loss_percent: report.lossPercent ?? null,
      error_message: report.errorMessage ?? null,
      reported_at: change.now,
    }
    await change.sql
      .insertInto('gateway_report')
      .values({ gateway_id: gatewayId, trunk_id: trunk.id, ...values })
      .onConflict((conflict) => conflict.column('gateway_id').doUpdateSet(values))
      .execute()
    await storeReport(change.sql, { gatewayId, trunkId: trunk.id, status: report.status, at: change.now })
    const owner = { partitionId: trunk.partition_id, accountId: trunk.account_id ?? undefined }
    // The call plane reads carriers again on it.
    change.emit({ type: 'carriertrunk.reported', ...owner, data: { carrierTrunkId: trunk.id, gatewayId, status: report.status } })
    const data = {
      gatewayId,
      carrierTrunkId: trunk.id,
      name: trunk.name,
      status: report.status,
      before,
      reason: report.errorMessage ?? 'reported from outside',
    }
    if (report.status !== before) change.emit({ type: `gateway.${report.status}`, ...owner, data })
    return Promise.resolve(ok({ at: change.now, isAlert }))
  })
  if (reported.ok) context.gateways.reported(gatewayId, report.status)
  return reported
}
