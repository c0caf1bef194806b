import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { isForeign } from './origin.ts'
import { problem } from './problem.ts'

type Directives = Record<string, Iterable<string | ((request: FastifyRequest['raw']) => string)>>

/** Everything from here, and nothing inline. */
const directives: Directives = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  // Not every browser takes a websocket of this host for 'self'.
  connectSrc: ["'self'", ({ headers }) => websocketsOf(headers.host)],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}

/** The reference page brings its own styles, and reads only what is here. */
export const referenceDirectives: Directives = {
  ...directives,
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'", 'data:'],
  workerSrc: ["'self'", 'blob:'],
}

/**
 * Headers that tell a browser what may run here. On plain http it is told nothing that only https can keep. They are set when the answer
 * leaves: a websocket that is let in has no use for them.
 */
export async function registerSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { global: false })
  app.addHook('onSend', async (request, reply) => {
    if (!reply.raw.hasHeader('content-security-policy')) setHeaders(request, reply, directives)
  })
}

export function setHeaders(request: FastifyRequest, reply: FastifyReply, allowed: Directives): void {
  const isSecure = request.protocol === 'https'
  reply.helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...allowed, ...(isSecure ? { upgradeInsecureRequests: [] } : {}) },
    },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Browsers say on every plain page that they ignore these two there.
    crossOriginOpenerPolicy: isSecure ? { policy: 'same-origin' } : false,
    originAgentCluster: isSecure,
  })
}

/** Requests from another origin are refused before anything else is looked at. */
export function refuseForeign(app: FastifyInstance, publicOrigins: readonly string[] | null): void {
  app.addHook('onRequest', async (request) => {
    if (isReading(request) || !isForeign(request, publicOrigins)) return
    throw problem(
      403,
      `Requests from ${request.headers.origin ?? 'another site'} are not allowed here. PUBLIC_ORIGIN says which origins are.`,
    )
  })
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A link may lead here from anywhere, and whoever wants may ask how the process is. A script of another origin says its own. */
function isReading({ method, url, headers }: FastifyRequest): boolean {
  return safeMethods.has(method) && (headers.origin === undefined || !url.startsWith('/api'))
}

function websocketsOf(host: string | undefined): string {
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `ws://${host} wss://${host}` : "'self'"
}
