import type { Listeners } from '../guard-listeners.ts'
import type { SoftswitchOptions } from '../softswitch.ts'
import { CarrierHealth, DEFAULT_CARRIER_LIMITS } from './carrier-health.ts'
import { CarrierKeepAlive } from './carrier-keep-alive.ts'
import { CarrierWatch } from './carrier-watch.ts'

export interface WatchedCarriers {
  readonly health: CarrierHealth
  readonly watch: CarrierWatch
  readonly keepAlive: CarrierKeepAlive
}

/** All that is known of carriers, by calls and by OPTIONS; every change of one is told. */
export function watchCarriers({ sip, directory, clock, timers, publicAddress }: SoftswitchOptions, events: Listeners['events']): WatchedCarriers {
  const health = new CarrierHealth(clock, DEFAULT_CARRIER_LIMITS, (change) => {
    const { name = '', partitionId, accountId } = directory.carrier(change.carrierId) ?? {}
    events.carrierChanged({ ...change, name, partitionId, accountId })
  })
  return { health, watch: new CarrierWatch(health), keepAlive: new CarrierKeepAlive({ sip, directory, health, clock, timers, publicAddress }) }
}
