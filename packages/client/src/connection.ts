import { MAX_WATCHED_USERS, encode, parseServerMessage } from '@rollcall/protocol'
import type { ServerMessage, Watch } from '@rollcall/protocol'

import { nextState } from './connection-state.ts'
import type { ConnectionEvent, ConnectionState } from './connection-state.ts'
import { Listeners } from './listeners.ts'
import { Silence } from './silence.ts'
import { onWake } from './wake.ts'
import type { Watching } from './watching.ts'
import type { WebSocketLike } from './websocket-like.ts'

/** What the session of our cookie is, as far as can be told: `ended` stops the connection, anything else tries again. */
export type SessionCheck = 'valid' | 'ended' | 'unknown'

export interface ConnectionOptions {
  /** `ws://…/api/ws` or `wss://…/api/ws`. */
  readonly url: string
  /** Opens a websocket; in Node with `ws` and the cookie in its headers. The browser's own by default. */
  readonly open?: (url: string) => WebSocketLike
  /** Asked after a try that failed, since a browser cannot see why an upgrade was refused. */
  readonly checkSession: () => Promise<SessionCheck>
  /** From 0 up to 1. */
  readonly random?: () => number
}

interface ConnectionEvents {
  state: ConnectionState
  message: ServerMessage
  /** A watch was sent: its snapshots will bear this `ref`. */
  watch: Watch
}

const WELCOME_WITHIN_MS = 10_000
/** The server takes 20 messages a second; who scrolls needs the latest watch only. */
const WATCH_EVERY_MS = 100
/** As a browser says it of a connection that broke. */
const BROKE = 1006

/** The one websocket to the server: connects, comes back, and says again what is watched. */
export class RollcallConnection {
  readonly #options: ConnectionOptions
  readonly #listeners = new Listeners<ConnectionEvents>()
  #state: ConnectionState = { kind: 'ended', reason: 'stopped' }
  #socket: WebSocketLike | undefined
  #silence: Silence | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #watching: Watching | undefined
  #unsent = false
  #watchTimer: ReturnType<typeof setTimeout> | undefined
  #ref = 0
  #check: object | undefined
  #unwake: (() => void) | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** @returns to stop listening */
  on<K extends keyof ConnectionEvents>(event: K, listener: (value: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(event, listener)
  }

  /** Connects; also again after an end. Does nothing while it runs. */
  start(): void {
    this.#unwake ??= onWake(() => this.#wake())
    this.#become({ type: 'started' })
  }

  /** Closes for good, until the next `start`. */
  stop(): void {
    this.#become({ type: 'stopped' })
  }

  /** Watches these from now on instead of those before, also after each reconnection. */
  watch(watching: Watching): void {
    if ('users' in watching && watching.users.length > MAX_WATCHED_USERS) {
      throw new RangeError(`At most ${MAX_WATCHED_USERS} users can be watched, not ${watching.users.length}.`)
    }
    this.#watching = watching
    this.#unsent = true
    this.#sendWatch()
  }

  #become(event: ConnectionEvent): void {
    const before = this.#state
    const state = nextState(before, event)
    if (state === before) return
    this.#state = state
    clearTimeout(this.#timer)
    switch (state.kind) {
      case 'connecting':
        this.#open()
        break
      case 'live':
        this.#live(state.welcome.heartbeatSeconds * 1_000)
        break
      case 'waiting':
        this.#timer = setTimeout(() => this.#become({ type: 'due' }), Math.max(0, state.until - Date.now()))
        break
      case 'ended':
        this.#drop(1000)
        this.#check = undefined
        this.#unwake?.()
        this.#unwake = undefined
        break
    }
    if (state.kind === 'live') this.#listeners.tell('message', state.welcome)
    this.#listeners.tell('state', state)
    if (before.kind === 'connecting' && state.kind === 'waiting') void this.#checkSession()
    this.#sendWatch()
  }

  #open(): void {
    this.#drop()
    this.#timer = setTimeout(() => this.#lose(), WELCOME_WITHIN_MS)
    let socket: WebSocketLike
    try {
      socket = this.#options.open?.(this.#options.url) ?? new WebSocket(this.#options.url)
    } catch {
      // As an address that cannot be reached, it is tried again.
      this.#timer = setTimeout(() => this.#closed(BROKE), 0)
      return
    }
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket === socket && typeof data === 'string') this.#hear(data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.#closed(code)
    })
    // A close follows; in Node, an error that nobody listens to would end the program.
    socket.addEventListener('error', () => {})
  }

  #hear(text: string): void {
    const parsed = parseServerMessage(text)
    this.#silence?.heard(Date.now())
    if (this.#state.kind === 'connecting') {
      if (parsed.ok && parsed.message.type === 'welcome') {
        this.#become({ type: 'welcomed', welcome: parsed.message, at: Date.now() })
      } else if (isWelcome(text)) {
        this.#become({ type: 'foreign-protocol' })
      }
    } else if (parsed.ok) {
      this.#listeners.tell('message', parsed.message)
    }
  }

  #live(heartbeatMs: number): void {
    const silence = new Silence(2 * heartbeatMs, Date.now())
    this.#silence = silence
    this.#unsent = this.#watching !== undefined
    const look = () => {
      if (silence.look(Date.now())) return this.#lose()
      this.#timer = setTimeout(look, heartbeatMs / 2)
    }
    this.#timer = setTimeout(look, heartbeatMs / 2)
  }

  #wake(): void {
    if (this.#state.kind === 'live' && this.#silence?.isLong(Date.now()) === true) this.#lose()
    this.#become({ type: 'woken' })
  }

  #lose(): void {
    this.#drop()
    this.#closed(BROKE)
  }

  #closed(code: number): void {
    this.#drop()
    this.#become({
      type: 'closed',
      code,
      at: Date.now(),
      random: (this.#options.random ?? Math.random)(),
    })
  }

  /** Lets go of the socket, whatever its state. */
  #drop(code?: number): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#silence = undefined
    clearTimeout(this.#watchTimer)
    this.#watchTimer = undefined
    if (socket === undefined) return
    if (code === undefined && socket.terminate !== undefined) socket.terminate()
    else socket.close(code)
  }

  async #checkSession(): Promise<void> {
    if (this.#check !== undefined) return
    const check = {}
    this.#check = check
    const session = await this.#options.checkSession().catch((): SessionCheck => 'unknown')
    if (this.#check !== check) return
    this.#check = undefined
    if (session === 'ended') this.#become({ type: 'session-ended' })
  }

  #sendWatch(): void {
    if (!this.#unsent || this.#state.kind !== 'live' || this.#watchTimer !== undefined) return
    const watching = this.#watching
    if (watching === undefined) return
    this.#unsent = false
    this.#watchTimer = setTimeout(() => {
      this.#watchTimer = undefined
      this.#sendWatch()
    }, WATCH_EVERY_MS)
    const watch = asWatch(watching, ++this.#ref)
    this.#listeners.tell('watch', watch)
    this.#socket?.send(encode(watch))
  }
}

function asWatch(watching: Watching, ref: number): Watch {
  if ('all' in watching) return { type: 'watch', ref, all: true }
  const { users, online } = watching
  return { type: 'watch', ref, users: [...users], ...(online === undefined ? {} : { online }) }
}

/** A first message that says welcome, though not in our protocol. */
function isWelcome(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'type' in value && value.type === 'welcome'
  } catch {
    return false
  }
}
