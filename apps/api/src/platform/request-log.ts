import type { IncomingMessage } from 'node:http'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { nanoid } from 'nanoid'

/** The id that a proxy gave the request, or a new one. */
export function requestId(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : nanoid(12)
}

/** One line a request, whether it was answered or given up. Neither queries nor bodies nor headers are written down. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  const aborted = new WeakSet<FastifyRequest>()
  onAnswer(app, (request, reply) => {
    if (aborted.has(request)) return
    const line = lineOf(request, reply)
    if (!faults.has(request)) request.log.info(line, 'request')
    else if (line.status === 500) request.log.error({ ...line, err: faults.get(request) }, 'request')
    else request.log.warn({ ...line, reason: String(faults.get(request)) }, 'request')
  })
  // A websocket that is let in is answered past Fastify.
  app.addHook('preHandler', async (request) => {
    if ('ws' in request && request.ws) {
      request.log.info({ ...lineOf(request, null), status: 101 }, 'request')
    }
  })
  app.addHook('onRequestAbort', async (request) => {
    aborted.add(request)
    request.log.info({ ...lineOf(request, null), aborted: true }, 'request')
  })
}

/** Calls back once for each answer: an upgrade that is refused ends twice. */
export function onAnswer(
  app: FastifyInstance,
  tell: (request: FastifyRequest, reply: FastifyReply) => void,
): void {
  const told = new WeakSet<FastifyRequest>()
  app.addHook('onResponse', async (request, reply) => {
    if (told.has(request)) return
    told.add(request)
    tell(request, reply)
  })
}

const faults = new WeakMap<FastifyRequest, unknown>()

/** What went wrong here goes into the line of the request. */
export function noteFault(request: FastifyRequest, error: unknown): void {
  faults.set(request, error)
}

function lineOf(request: FastifyRequest, reply: FastifyReply | null) {
  return {
    method: request.method,
    path: request.url.split('?', 1)[0],
    status: reply?.statusCode,
    ms: reply === null ? undefined : Math.round(reply.elapsedTime),
    address: request.ip,
  }
}
