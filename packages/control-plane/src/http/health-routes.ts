import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

export interface HealthProbes {
  /** Each part that has to work before traffic may come, by name. */
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>
  /** Figures for `/metrics`, by name, read when they are asked for. */
  readonly gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>
}

/** Liveness, readiness and metrics: without a token, for load balancers and collectors. */
export function registerHealthRoutes(http: FastifyInstance, registry: Registry, probes: HealthProbes): void {
  http.get('/health/live', { schema: { hide: true } }, () => ({ status: 'live' }))
  http.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const parts = await probes.ready()
    const isReady = Object.values(parts).every(Boolean)
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', parts })
  })
  http.get('/metrics', { schema: { hide: true } }, async (_request, reply) => reply.type(registry.contentType).serializer(String).send(await registry.metrics()))
}
