import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { HealthProbes } from './health-routes.ts'

/** A registry of our own: the default one is shared by everything in a process. */
export function createMetrics(gauges: HealthProbes['gauges']): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, gauge] of Object.entries(gauges)) {
    new Gauge({
      name,
      help: gauge.help,
      registers: [registry],
      collect() {
        this.set(gauge.read())
      },
    })
  }
  return registry
}
