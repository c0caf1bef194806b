import { fileURLToPath } from 'node:url'

import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'

import type { AccountsDeps } from './accounts/accounts.ts'
import { accountRoutes } from './accounts/account-route.ts'
import { authRoutes } from './accounts/auth-route.ts'
import { devicesRoutes } from './accounts/devices-route.ts'
import type { Config } from './config.ts'
import { usersRoutes } from './directory/users-route.ts'
import type { UserPages } from './directory/user-pages.ts'
import { addressKey } from './platform/client-address.ts'
import { answerError } from './platform/error-handler.ts'
import { type HealthPort, healthRoutes } from './platform/health.ts'
import type { App } from './platform/http.ts'
import type { Logger } from './platform/logger.ts'
import { type MetricsGauge, metricsRoute } from './platform/metrics.ts'
import { registerOpenApi } from './platform/openapi.ts'
import { isForeign } from './platform/origin.ts'
import { problem } from './platform/problem.ts'
import { refuseRaw } from './platform/raw-refusal.ts'
import { referencePage } from './platform/reference-page.ts'
import { takeJsonOnly } from './platform/json-body.ts'
import { logRequests, requestId } from './platform/request-log.ts'
import { refuseForeign, registerSecurityHeaders } from './platform/security-headers.ts'
import { registerSessions, signedIn } from './platform/sessions.ts'
import { registerWebApp } from './platform/web-app.ts'
import { socketRoute, type SocketRouteDeps } from './presence/socket-route.ts'

const WEB_APP = fileURLToPath(new URL('../../web/dist', import.meta.url))
const DAY_MS = 86_400_000

export interface AppDeps {
  readonly config: Config
  readonly log: Logger
  /** Who made it listens with it, and closes it. */
  readonly server: RawServerDefault
  readonly sessionSecret: string
  readonly accounts: AccountsDeps
  readonly pages: UserPages
  readonly health: HealthPort
  readonly gauges: readonly MetricsGauge[]
  readonly sockets: Pick<SocketRouteDeps, 'gateway' | 'state' | 'ready' | 'readSession'>
}

/** All that answers HTTP, ready to listen or to be injected into. Who made the deps closes them. */
export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config, log } = deps
  const app: FastifyInstance = fastify<RawServerDefault>({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    bodyLimit: 16 * 1024,
    routerOptions: { maxParamLength: 512 },
    return503OnClosing: false,
    frameworkErrors: answerUnrouted,
    clientErrorHandler: refuseRaw,
    serverFactory: (handler) => deps.server.on('request', handler),
  })
  app.setErrorHandler(answerError)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  takeJsonOnly(app)

  // First: what refuses an upgrade before its hooks leaves the connection open.
  await socketRoute(app, {
    ...deps.sockets,
    isForeign: (request) => isForeign(request, config.publicOrigins),
    addressOf: (request) => addressKey(request.ip),
  })
  logRequests(app)
  await registerSecurityHeaders(app)
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api')) reply.header('cache-control', 'no-store')
    const { httpVersion, headers } = request.raw
    // Balancers ask for the health in HTTP/1.0, which knows no hosts.
    if (headers.host === undefined && httpVersion !== '1.0') throw problem(400, 'The Host header is missing.')
  })
  refuseForeign(app, config.publicOrigins)

  await registerOpenApi(app)
  referencePage(app)
  healthRoutes(app, deps.health)
  metricsRoute(app, { token: config.metricsToken, host: config.host, gauges: deps.gauges })
  await app.register(async (scope) => withSessions(scope, deps))
  await registerWebApp(app, WEB_APP)
  await app.ready()
  return app
}

/** What Fastify refuses before it looks for a route sees no hook. */
function answerUnrouted(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
  answerError(error, request, reply)
  // After an upgrade nobody else looks after the connection.
  if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.socket.end())
  request.log.info({ method: request.method, status: reply.statusCode, address: request.ip }, 'request')
}

async function withSessions(scope: FastifyInstance, deps: AppDeps): Promise<void> {
  const { config, health } = deps
  scope.addHook('onRequest', async () => {
    if (health.state !== 'starting') return
    throw problem(503, 'This process is starting. Try again in a moment.', { retryAfter: 1 })
  })
  await registerSessions(scope, {
    storage: deps.accounts.sessions,
    secret: deps.sessionSecret,
    maxAgeMs: config.sessionMaxDays * DAY_MS,
  })
  const app: App = scope.withTypeProvider()
  authRoutes(app, deps.accounts)
  await scope.register(async (signed: App) => {
    // Before the body is looked at: who has no session learns nothing else.
    signed.addHook('onRequest', async (request) => void signedIn(request))
    devicesRoutes(signed, deps.accounts)
    accountRoutes(signed, deps.accounts)
    usersRoutes(signed, { pages: deps.pages })
  })
}
