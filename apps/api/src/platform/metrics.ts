import { createHash, timingSafeEqual } from 'node:crypto'
import { performance } from 'node:perf_hooks'

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

import { problem } from './problem.ts'
import { onAnswer } from './request-log.ts'

/** A number that is read when somebody asks for the metrics. */
export interface MetricsGauge {
  readonly name: string
  readonly help: string
  readonly read: () => number
}

/** How often the lag of the event loop is looked at, ms: every look wakes a process that has nothing to do. */
const LAG_LOOK_MS = 250

interface MetricsOptions {
  /** Wanted as `Authorization: Bearer`; null where there is none. */
  readonly token: string | null
  /** The address that this process listens on. */
  readonly host: string
  readonly gauges: readonly MetricsGauge[]
}

/** `GET /metrics`, as Prometheus reads it. */
export function metricsRoute(app: FastifyInstance, options: MetricsOptions): void {
  const registry = new Registry()
  collectDefaultMetrics({
    register: registry,
    prefix: 'rollcall_',
    eventLoopMonitoringPrecision: LAG_LOOK_MS,
  })
  for (const { name, help, read } of options.gauges) {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read())
        },
      }),
    )
  }
  registry.registerMetric(utilization())
  const durations = new Histogram({
    name: 'rollcall_http_request_seconds',
    help: 'How long answers took, by route, method and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 5],
    registers: [registry],
  })
  onAnswer(app, (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    refuse(request, options)
    reply.type(registry.contentType).header('cache-control', 'no-store')
    return registry.metrics()
  })
}

/** By the event loop's own account: costs nothing until it is asked. */
function utilization(): Gauge {
  let before = performance.eventLoopUtilization()
  return new Gauge({
    name: 'rollcall_event_loop_utilization',
    help: 'How much of the time since this was asked last the process was busy: 0 to 1',
    registers: [],
    collect() {
      const now = performance.eventLoopUtilization()
      this.set(performance.eventLoopUtilization(now, before).utilization)
      before = now
    },
  })
}

function refuse(request: FastifyRequest, { token, host }: MetricsOptions): void {
  if (token !== null) {
    if (isSame(request.headers.authorization ?? '', `Bearer ${token}`)) return
    throw problem(401, 'The metrics want the token of METRICS_TOKEN as a bearer.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  if (isLoopback(host) && request.headers['x-forwarded-for'] === undefined) return
  throw problem(404, 'There is nothing here. METRICS_TOKEN opens the metrics.')
}

/** Takes the same time wherever the two differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
