import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** Each part that has to work before traffic may come, by name. */
export type ReadinessProbe = () => Promise<Readonly<Record<string, boolean>>>

/** Liveness, readiness and metrics: without a token, for load balancers and collectors. */
export function registerHealthRoutes(http: FastifyInstance, registry: Registry, ready: ReadinessProbe): void {
  http.get('/health/live', { schema: { hide: true } }, () => ({ status: 'live' }))
  http.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const parts = await ready()
    const isReady = Object.values(parts).every(Boolean)
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', parts })
  })
  http.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics()),
  )
}
