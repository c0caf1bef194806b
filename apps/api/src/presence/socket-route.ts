import { ServerResponse, createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import websocket from '@fastify/websocket'
import { MAX_CLIENT_MESSAGE_BYTES, SUBPROTOCOL } from '@rollcall/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { problem } from '../platform/problem.ts'
import type { Admission } from './admissions.ts'
import type { Gateway } from './gateway.ts'

export interface SocketRouteDeps {
  readonly gateway: Gateway
  /** Of the presence node: refused is who comes before it is ready or while it is draining. */
  readonly state: () => 'starting' | 'ready' | 'draining'
  /** Resolves when it is ready: who comes a moment before waits for that. */
  readonly ready: Promise<void>
  /** Who the cookie says it is, or null; rejects where that cannot be said. */
  readonly readSession: (request: FastifyRequest) => Promise<{
    readonly id: string
    readonly user: { readonly id: string; readonly username: string }
  } | null>
  readonly isForeign: (request: FastifyRequest) => boolean
  /** Whom limits by address count the client with. */
  readonly addressOf: (request: FastifyRequest) => string
}

interface Opening {
  readonly admission: Admission
  /** Listens whether the client gives up meanwhile. */
  readonly cancel: () => void
  readonly reply: FastifyReply
}

interface Admitted extends Opening {
  readonly session: string
  readonly person: { readonly id: string; readonly name: string }
}

const PATH = '/api/ws'
/** No client of ours sends fragments; proxies may. */
const MOST_FRAGMENTS = 64
const RETRY_SECONDS = 1
const CROWDED_RETRY_SECONDS = 10
/** So long a connection waits for a process that starts, ms: one that is refused comes back later and later. */
const STARTING_MS = 1_000

/** `GET /api/ws`. On the root instance, before its other routes: the plugin's hooks must be theirs, too. */
export async function socketRoute(app: FastifyInstance, deps: SocketRouteDeps): Promise<void> {
  const { gateway } = deps
  const openings = new WeakMap<FastifyRequest, Admitted>()

  // The plugin takes every upgrade that its server hears of, whatever is asked for; so it hears of ours only.
  const upgrades = createServer()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(request)) upgrades.emit('upgrade', request, socket, head)
    else answerPlainly(app, request, socket)
  })
  await app.register(websocket, {
    errorHandler: (_error, socket) => socket.terminate(),
    options: {
      server: upgrades,
      maxPayload: MAX_CLIENT_MESSAGE_BYTES,
      maxFragments: MOST_FRAGMENTS,
      perMessageDeflate: false,
      autoPong: false,
      clientTracking: false,
      handleProtocols: (protocols) => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    },
  })

  /** Registers the connection first and reads its session then, so that an end in between is noticed (P11). */
  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (deps.state() === 'starting') await Promise.race([deps.ready, sleep(STARTING_MS)])
    if (deps.state() !== 'ready') {
      throw problem(503, 'The server is starting or stopping. Try again.', { retryAfter: RETRY_SECONDS })
    }
    if (deps.isForeign(request)) {
      throw problem(
        403,
        'The page that connects is of another origin. PUBLIC_ORIGIN names those that are allowed.',
      )
    }
    const admission = gateway.admissions.begin(deps.addressOf(request))
    if (admission === null) throw crowded('address')
    const cancel = () => gateway.admissions.cancel(admission)
    request.raw.socket.once('close', cancel)
    try {
      openings.set(request, await read(request, { admission, cancel, reply }))
      // The answer to the handshake and the welcome leave together; a refusal ends the connection, and leaves too.
      if (request.ws) request.raw.socket.cork()
    } catch (error) {
      cancel()
      throw error
    }
  }

  async function read(request: FastifyRequest, opening: Opening): Promise<Admitted> {
    const found = await deps.readSession(request).catch((error: unknown) => {
      request.log.warn({ err: error }, 'a session could not be read')
      throw problem(503, 'The session cannot be read now. Try again.', { retryAfter: RETRY_SECONDS })
    })
    if (found === null || gateway.admissions.hasEnded(opening.admission, found.id)) {
      throw problem(401, 'No session. Log in first.')
    }
    const { id: session, user } = found
    if (!gateway.admissions.claim(opening.admission, user.id)) throw crowded('user')
    return { ...opening, session, person: { id: user.id, name: user.username } }
  }

  app.route({
    method: 'GET',
    url: PATH,
    schema: { hide: true },
    preValidation: admit,
    handler: (request) => {
      openings.get(request)?.cancel()
      throw problem(400, 'This is a websocket. Connect with an upgrade.')
    },
    wsHandler: (ws, request) => {
      const opening = openings.get(request)
      if (opening === undefined) return ws.terminate()
      const { admission, cancel, reply, session, person } = opening
      const net = request.raw.socket
      // What would keep the request and its answer alive for as long as the socket is open.
      net.off('close', cancel)
      ws.removeAllListeners('error')
      reply.raw.detachSocket(net)
      gateway.add({ ws, net, session, person, admission })
      net.uncork()
    },
  })
}

function isOurs(request: IncomingMessage): boolean {
  const [path] = (request.url ?? '').split('?', 1)
  return path === PATH && request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** Whoever offers another protocol, as some clients do with every request, is answered in this one; then the connection ends. */
function answerPlainly(app: FastifyInstance, request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(request.socket)
  response.once('finish', () => request.socket.destroySoon())
  app.routing(request, response)
}

function crowded(whose: 'address' | 'user'): Error {
  return problem(429, `Too many connections of this ${whose}. Close some.`, {
    retryAfter: CROWDED_RETRY_SECONDS,
  })
}
