import type { DueTask } from '../due-work/index.ts'
import { forgetProbes } from './gateway-queries.ts'

/** Probes older than what can be asked for are forgotten. */
export const probeRetentionTask: DueTask = {
  name: 'probes of gateways',
  isBackground: true,
  run: (context) => forgetProbes(context.database.sql, new Date(context.clock.nowMs())),
}

export { createGatewayMonitor, isWorse } from './gateway-monitor.ts'
export type { GatewayMonitor } from './gateway-monitor.ts'
export { historiesOf, MAX_HISTORY_HOURS, reportsOf, uptimePercents } from './gateway-queries.ts'
export { findGateway, gatewaysOf } from './list-gateways.ts'
export type { Gateway } from './list-gateways.ts'
export { reportGateway } from './report-gateway.ts'
