import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** Figures for `/metrics`, by name, read when they are asked for. Those that end in `_total` only rise until their thread begins anew. */
export type Gauges = Readonly<Record<string, { readonly help: string; readonly read: () => number }>>

/** A registry of our own: the default one is shared by everything in a process. */
export function createMetrics(gauges: Gauges): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, { help, read }] of Object.entries(gauges))
    registry.registerMetric(name.endsWith('_total') ? counterOf(name, help, read) : gaugeOf(name, help, read))
  return registry
}

function gaugeOf(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read())
    },
  })
}

function counterOf(name: string, help: string, read: () => number): Counter {
  return new Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}
