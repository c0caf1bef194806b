import { Readiness } from '@rollcall/protocol'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'

/** What readiness is made of. */
export interface HealthPort {
  readonly state: 'starting' | 'ready' | 'draining'
  readonly database: 'up' | 'down'
  readonly redis: 'up' | 'down' | 'unused'
}

/** `GET /healthz` and `GET /readyz`: they read nothing but this process's own state. */
export function healthRoutes(app: FastifyInstance, health: HealthPort): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/healthz',
    {
      schema: {
        operationId: 'isAlive',
        tags: ['operations'],
        summary: 'Whether this process is alive, whatever else is down',
        response: { 200: z.object({ status: z.literal('alive') }) },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'alive' as const }
    },
  )

  routes.get(
    '/readyz',
    {
      schema: {
        operationId: 'isReady',
        tags: ['operations'],
        summary: 'Whether this process should get requests',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    (_request, reply) => {
      const readiness = readinessOf(health)
      const isOut = readiness.status === 'starting' || readiness.status === 'draining'
      reply.code(isOut ? 503 : 200).header('cache-control', 'no-store')
      return readiness
    },
  )
}

/** A shared part that is away must not take every process out of the balancer: `degraded` still serves. */
function readinessOf({ state, database, redis }: HealthPort): Readiness {
  const isWhole = database === 'up' && redis !== 'down'
  return { status: state === 'ready' && !isWhole ? 'degraded' : state, parts: { database, redis } }
}
