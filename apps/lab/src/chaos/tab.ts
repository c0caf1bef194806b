import { RollcallConnection, RollcallHttp } from '@rollcall/client'
import { WebSocket } from 'ws'

import type { MadeUpSession } from '../made-up-sessions.ts'
import type { EventLog } from './event-log.ts'

/** Where a connection may lead: a process, by whatever path. */
export interface Route {
  readonly process: number
  readonly origin: string
}

export interface TabOptions {
  readonly session: MadeUpSession
  readonly log: EventLog
  /** Where to try next, as a balancer chooses. */
  readonly route: () => Route
}

let serial = 0

/** One websocket client of a user, as a browser's tab is. It notes in the log when it was connected, and where. */
export class Tab {
  readonly connection: RollcallConnection
  readonly user: string
  readonly session: MadeUpSession
  readonly #log: EventLog
  #route: Route
  #connected: number | undefined

  constructor({ session, log, route }: TabOptions) {
    this.user = session.user.id
    this.session = session
    this.#log = log
    this.#route = route()
    const headers = { cookie: session.cookie }
    this.connection = new RollcallConnection({
      url: 'ws://a.process/api/ws',
      open: () => {
        this.#route = route()
        const url = `${this.#route.origin.replace(/^http/, 'ws')}/api/ws`
        return new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout: 5_000 })
      },
      checkSession: () =>
        new RollcallHttp({ origin: this.#route.origin, headers, timeoutMs: 3_000 }).checkSession(),
    })
    this.connection.on('state', (state) => {
      if (state.kind === 'live') {
        this.#connected = ++serial
        log.add({
          type: 'connected',
          user: this.user,
          connection: this.#connected,
          process: this.#route.process,
        })
      } else this.noteBroken()
    })
    this.connection.start()
  }

  get isLive(): boolean {
    return this.#connected !== undefined
  }

  /** Where it is, or last tried to be. */
  get process(): number {
    return this.#route.process
  }

  /** Its path went dead: from here on it is connected to nothing, whatever it believes. */
  noteBroken(): void {
    if (this.#connected === undefined) return
    this.#log.add({ type: 'disconnected', user: this.user, connection: this.#connected })
    this.#connected = undefined
  }

  close(): void {
    this.connection.stop()
  }
}
