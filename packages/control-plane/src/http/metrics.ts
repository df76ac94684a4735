import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Figures for `/metrics`, by name, read when they are asked for. */
export type Gauges = Readonly<Record<string, { readonly help: string; readonly read: () => number }>>

/** A registry of our own: the default one is shared by everything in a process. */
export function createMetrics(gauges: Gauges): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, gauge] of Object.entries(gauges)) {
    const figure = new Gauge({
      name,
      help: gauge.help,
      registers: [],
      collect() {
        this.set(gauge.read())
      },
    })
    registry.registerMetric(figure)
  }
  return registry
}
