import type { Socket as NetSocket } from 'node:net'

import { Backlog, COHORTS, Pace, Told, Watches } from '@rollcall/presence'
import type { AccountChange, Person, SessionId, UserId } from '@rollcall/presence'
import { CloseCode, nameKey, PROTOCOL_VERSION } from '@rollcall/protocol'
import type { Counts } from '@rollcall/protocol'
import type { WebSocket } from 'ws'

import type { Logger } from '../platform/logger.ts'
import { newId } from '../platform/new-id.ts'
import { Admissions } from './admissions.ts'
import type { Admission } from './admissions.ts'
import { Answers } from './answers.ts'
import { CountsRound } from './counts-round.ts'
import { Heartbeat } from './heartbeat.ts'
import { Hearing } from './hearing.ts'
import type { LastSeenReader } from './known-users.ts'
import type { PresenceView } from './presence-view.ts'
import { SessionRecheck } from './session-recheck.ts'
import { SessionSockets } from './session-sockets.ts'
import { Socket } from './socket.ts'
import type { SocketEvents } from './socket.ts'
import { Teller } from './teller.ts'
import { freshnessOf, messageFrame } from './wire.ts'

export interface GatewayOptions {
  readonly node: PresenceView
  /** How many accounts there are. */
  readonly headCount: { readonly total: number }
  readonly lastSeen: LastSeenReader
  /** Those of the sessions that have ended; rejects where that cannot be said. */
  readonly endedSessions: (sessions: readonly SessionId[]) => Promise<readonly SessionId[]>
  readonly heartbeatMs: number
  readonly messagesPerSecond: number
  readonly connectionsPerUser: number
  readonly connectionsPerAddress: number
  readonly recheckMs?: number
  readonly countsMs?: number
  readonly log: Pick<Logger, 'debug' | 'warn'>
}

export interface NewSocket {
  readonly ws: WebSocket
  /** The connection under it. */
  readonly net: NetSocket
  readonly session: SessionId
  readonly person: Person
  readonly admission: Admission
}

/** How often closings go on while they are spread, ms, and how long a closed socket may take to go. */
const BATCH_MS = 50
const GOODBYE_MS = 500

/**
 * The sockets of this process: who watches whom, and what each is told. What happens in presence comes in through `changed`, `ended`,
 * `directory`, `freshness`, `recheck` and `woke`.
 */
export class Gateway {
  readonly admissions: Admissions
  readonly #options: GatewayOptions
  readonly #sockets = new SessionSockets()
  /** Told to close, and not gone yet. */
  readonly #closing = new Set<Socket>()
  readonly #told = new Told({ keyOf: nameKey })
  readonly #heartbeat: Heartbeat
  readonly #countsRound: CountsRound
  readonly #recheck: SessionRecheck
  readonly #answers: Answers
  readonly #teller: Teller
  readonly #events: SocketEvents
  #isClosing = false
  /** How many sockets there have been. */
  #added = 0

  constructor(options: GatewayOptions) {
    this.#options = options
    const { node, heartbeatMs, log } = options
    const now = () => performance.now()
    const counts = () => this.#counts()
    const beat = () => this.#heartbeat.beat
    const shared = {
      told: this.#told,
      watches: new Watches<Socket>(),
      backlog: new Backlog(),
      pace: new Pace(),
    }
    this.admissions = new Admissions({
      perUser: options.connectionsPerUser,
      perAddress: options.connectionsPerAddress,
    })
    this.#heartbeat = new Heartbeat({
      heartbeatMs,
      now,
      answered: (socket) => node.answered(socket.id),
      missed: (socket, why) => this.#cut(socket, why),
    })
    this.#answers = new Answers({
      ...shared,
      node,
      lastSeen: options.lastSeen,
      counts,
      beat,
      now,
      defer: (socket) => this.#teller.defer(socket),
      slow: (socket) => this.#heartbeat.slow(socket),
      lookUpFailed: (error) => log.warn({ err: error }, 'watched users could not be read'),
    })
    const truth = {
      isOnline: (id: UserId) => node.isOnline(id),
      nameOf: (id: UserId) => node.nameOf(id),
      changedAt: (id: UserId, online: boolean) =>
        (online ? undefined : node.lastOffline(id)) ?? node.changedAt(id) ?? Date.now(),
    }
    this.#teller = new Teller({ ...shared, truth, answers: this.#answers, counts, beat, now })
    this.#countsRound = new CountsRound({
      ...(options.countsMs === undefined ? {} : { everyMs: options.countsMs }),
      counts,
      beat,
      slot: (at) => this.#heartbeat.slot(at),
    })
    this.#recheck = new SessionRecheck({
      ...(options.recheckMs === undefined ? {} : { everyMs: options.recheckMs }),
      open: () => [...this.#sockets.sessions()],
      ended: options.endedSessions,
      found: (sessions) => this.#foundEnded(sessions),
      failed: (error) => log.warn({ err: error }, 'sessions of open sockets could not be checked'),
    })
    const hearing = new Hearing({
      messagesPerSecond: options.messagesPerSecond,
      beat,
      now,
      close: (socket, code, reason) => this.#close(socket, code, reason),
      understood: (socket, message) => {
        this.#teller.hurry()
        this.#answers.watch(socket, message)
      },
    })
    this.#events = {
      message: (socket, data, isBinary) => hearing.message(socket, data, isBinary),
      pinged: (socket, data) => hearing.pinged(socket, data),
      broke: (socket, error) => {
        log.debug({ err: error, connection: socket.id }, 'a socket broke')
        this.#closing.add(socket)
        this.#leave(socket)
      },
      closed: (socket, code) => {
        log.debug({ code, connection: socket.id }, 'a socket closed')
        this.#leave(socket)
        this.#closing.delete(socket)
      },
    }
    this.changed(Array.from(node.online(), ({ id }) => id))
  }

  get socketCount(): number {
    return this.#sockets.size
  }

  /** A websocket is open: it is held, and welcomed before anything else is said to it. */
  add({ ws, net, session, person, admission }: NewSocket): void {
    const { node, heartbeatMs } = this.#options
    const id = newId()
    const socket = new Socket({
      id,
      session,
      person,
      address: admission.address,
      ws,
      net,
      cohort: this.#added++ % COHORTS,
      events: this.#events,
    })
    this.#sockets.add(socket)
    const hasEnded = this.admissions.hasEnded(admission, session)
    this.admissions.arrived(admission)
    this.#heartbeat.join(socket)
    if (hasEnded) return this.#close(socket, CloseCode.sessionEnded, 'the session has ended')
    if (this.#isClosing) return this.#close(socket, CloseCode.restarting, 'the server restarts')
    node.open(id, session, person)
    const counts = { online: node.onlineCount, total: this.#options.headCount.total }
    const welcome = messageFrame(
      {
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        connectionId: id,
        user: { id: person.id, username: person.name },
        heartbeatSeconds: heartbeatMs / 1_000,
        counts,
        freshness: freshnessOf(node.freshness),
      },
      counts,
    )
    socket.write(welcome, this.#heartbeat.beat)
    this.#countsRound.joined()
  }

  /** These users may have come or gone. */
  changed(ids: Iterable<UserId>): void {
    this.#teller.changed(ids)
  }

  /** Sessions that ended: their sockets are closed. */
  ended(sessions: readonly SessionId[]): void {
    this.admissions.ended(sessions)
    for (const session of sessions) {
      for (const socket of this.#sockets.of(session)) {
        this.#close(socket, CloseCode.sessionEnded, 'the session has ended')
      }
    }
  }

  /** Accounts created or deleted, in order; `headCount.total` contains them already. */
  directory(changes: readonly AccountChange[]): void {
    this.#teller.accounts(changes)
  }

  /** The link to the other processes was lost or regained: `node.freshness` says which. */
  freshness(): void {
    this.#teller.forEach([...this.#sockets.all()], (socket) => this.#answers.freshness(socket))
  }

  /** Notices may have been missed: all sessions of open sockets are checked. */
  recheck(): void {
    this.#recheck.check()
  }

  /** This process stood still: every socket is asked for a sign of life. */
  woke(): void {
    this.#heartbeat.woke()
  }

  /**
   * Closes all sockets, spread over some time, and whatever is opened from now on at once. Resolves when they are gone.
   * @param spreadMs 0 closes all at once.
   */
  async closeAll(code: CloseCode, spreadMs: number): Promise<void> {
    this.#isClosing = true
    const sockets = [...this.#sockets.all()]
    const batch = Math.max(1, Math.ceil(sockets.length / Math.max(1, Math.ceil(spreadMs / BATCH_MS))))
    for (let from = 0; from < sockets.length; from += batch) {
      if (from > 0) await new Promise((resolve) => setTimeout(resolve, BATCH_MS))
      for (const socket of sockets.slice(from, from + batch)) this.#close(socket, code, 'the server restarts')
    }
    const until = performance.now() + GOODBYE_MS
    while (this.#closing.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, BATCH_MS / 5))
    }
    for (const socket of this.#closing) socket.terminate()
  }

  /** Stops all timers, and cuts what is still connected. */
  stop(): void {
    this.#isClosing = true
    this.#heartbeat.stop()
    this.#countsRound.stop()
    this.#recheck.stop()
    this.#teller.stop()
    this.#answers.stop()
    for (const socket of [...this.#sockets.all(), ...this.#closing]) socket.terminate()
  }

  #counts(): Counts {
    return { online: this.#told.size, total: this.#options.headCount.total }
  }

  /** Its user stays for the grace, unless the session has ended: nothing more is said to it, and nothing is heard. */
  #close(socket: Socket, code: CloseCode, reason: string): void {
    this.#closing.add(socket)
    socket.close(code, reason)
    this.#leave(socket)
  }

  #cut(socket: Socket, why: string): void {
    this.#options.log.debug({ connection: socket.id }, `a socket ${why}`)
    this.#leave(socket)
    socket.terminate()
  }

  #leave(socket: Socket): void {
    if (!this.#sockets.delete(socket)) return
    this.#heartbeat.leave(socket)
    this.#teller.closed(socket)
    this.#answers.closed(socket)
    this.admissions.leave(socket.address, socket.person.id)
    this.#options.node.close(socket.id)
  }

  /** Known to the others, too: their notice may be the one that got lost. */
  #foundEnded(sessions: readonly SessionId[]): void {
    for (const session of sessions) {
      const [socket] = this.#sockets.of(session)
      if (socket !== undefined) this.#options.node.endSession(socket.person.id, session)
    }
    this.ended(sessions)
  }
}
