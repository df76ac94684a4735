import type { Listeners } from '../guard-listeners.ts'
import type { SoftswitchOptions } from '../softswitch.ts'
import { CarrierHealth, DEFAULT_CARRIER_LIMITS } from './carrier-health.ts'
import { CarrierKeepAlive } from './carrier-keep-alive.ts'
import { CarrierRegistrations } from './carrier-registrations.ts'
import { CarrierWatch } from './carrier-watch.ts'
import { GatewayBoard } from './gateway-board.ts'

export interface WatchedCarriers {
  readonly health: CarrierHealth
  readonly gateways: GatewayBoard
  readonly watch: CarrierWatch
  readonly keepAlive: CarrierKeepAlive
}

/** All that is known of carriers, by calls and by OPTIONS; every change of one is told. */
export function watchCarriers(options: SoftswitchOptions, events: Listeners['events']): WatchedCarriers {
  const { sip, directory, clock, timers, publicAddress, sipPort, keepsCarriers: isKeeper = true } = options
  const health = new CarrierHealth(
    clock,
    DEFAULT_CARRIER_LIMITS,
    (change) => {
      const { name = '', partitionId, accountId } = directory.carrier(change.carrierId) ?? {}
      events.carrierChanged({ ...change, name, partitionId, accountId })
    },
    options.occupancyBoard,
  )
  const gateways = new GatewayBoard(clock, health, (probe) => events.gatewayProbed(probe))
  const registrations = new CarrierRegistrations({
    sip,
    directory,
    gateways,
    tell: (event) => events.carrierRegistration({ ...event, atMs: clock.nowMs() }),
    contactHost: () => `${publicAddress}:${sipPort()}`,
  })
  const keepAlive = new CarrierKeepAlive({ sip, directory, health, gateways, registrations, clock, timers, publicAddress, isKeeper })
  return { health, gateways, watch: new CarrierWatch(health), keepAlive }
}
