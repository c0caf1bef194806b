import { parseServerMessage } from '@rollcall/protocol'
import type { Counts, ServerMessage, UserPresence, Watch, Window } from '@rollcall/protocol'
import { WebSocket } from 'ws'

import { until } from './until.ts'

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>

/** A websocket client that keeps what it was told, and a screen as the contract says to keep it. */
export class PresenceClient {
  readonly ws: WebSocket
  readonly messages: ServerMessage[] = []
  readonly texts: string[] = []
  pings = 0
  closeCode: number | null = null
  counts: Counts | undefined
  window: Window | null | undefined
  /** Whom it was told of, by id. */
  readonly users = new Map<string, UserPresence>()
  #named = new Set<string>()
  #ref = 0

  constructor(url: string, options: { headers?: Record<string, string>; protocols?: string[] }) {
    this.ws = new WebSocket(url, options.protocols ?? [], { headers: options.headers })
    this.ws.on('message', (data: Buffer) => this.#hear(data.toString()))
    this.ws.on('ping', () => this.pings++)
    this.ws.on('error', () => {})
    this.ws.on('close', (code) => {
      this.closeCode = code
    })
  }

  get welcome(): Of<'welcome'> {
    const [first] = this.messages
    if (first?.type !== 'welcome') throw new Error(`the first message is ${first?.type}`)
    return first
  }

  /** Names of those online as far as it was told, in order. */
  get online(): string[] {
    return [...this.users.values()]
      .filter((user) => user.status === 'online')
      .map((user) => user.username)
      .toSorted()
  }

  /** Who came and who went as it was told, in order. */
  get told(): string[] {
    return this.of('presence').flatMap(({ changes }) =>
      changes.map(({ username, status }) => `${username} ${status}`),
    )
  }

  of<T extends ServerMessage['type']>(type: T): Of<T>[] {
    return this.messages.filter((message): message is Of<T> => message.type === type)
  }

  /** Watches with a ref of its own. */
  ask(watch: { all: true } | Omit<Extract<Watch, { users: string[] }>, 'type' | 'ref'>): number {
    const ref = ++this.#ref
    this.send({ type: 'watch', ref, ...watch })
    return ref
  }

  /** Watches, and waits for the answer of every scope. */
  async watch(watch: Parameters<PresenceClient['ask']>[0]): Promise<Of<'snapshot'>[]> {
    const ref = this.ask(watch)
    const scopes = 'all' in watch ? 1 : watch.online === undefined ? 1 : 2
    await until(() => this.answers(ref).filter((answer) => answer.complete).length >= scopes)
    return this.answers(ref)
  }

  answers(ref: number): Of<'snapshot'>[] {
    return this.of('snapshot').filter((snapshot) => snapshot.ref === ref)
  }

  send(message: object): void {
    this.ws.send(JSON.stringify(message))
  }

  /** As if nothing had been said yet, but the welcome. */
  forget(): void {
    this.messages.splice(1)
    this.texts.splice(1)
    this.users.clear()
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== null)
    return this.closeCode ?? 0
  }

  #hear(text: string): void {
    const parsed = parseServerMessage(text)
    if (!parsed.ok) throw new Error(`not of the protocol: ${parsed.reason}: ${text}`)
    this.texts.push(text)
    this.messages.push(parsed.message)
    this.#apply(parsed.message)
  }

  #apply(message: ServerMessage): void {
    if ('counts' in message) this.counts = message.counts
    if (message.type === 'counts') this.counts = { online: message.online, total: message.total }
    if (message.type === 'snapshot') this.#snapshot(message)
    if (message.type === 'presence') {
      for (const { id, username, status, at } of message.changes) {
        this.#named.add(id)
        this.users.set(id, { id, username, status, lastSeenAt: status === 'online' ? null : at })
      }
    }
    if (message.type !== 'directory') return
    for (const { op, id, username } of message.changes) {
      if (op === 'removed') this.users.delete(id)
      else if (!this.users.has(id)) this.users.set(id, { id, username, status: 'offline', lastSeenAt: null })
    }
  }

  #snapshot(message: Of<'snapshot'>): void {
    if (message.part === 0) this.#named = new Set()
    for (const user of message.users) {
      this.#named.add(user.id)
      this.users.set(user.id, user)
    }
    if (message.scope === 'online') this.window = message.window
    if (!message.complete || message.scope !== 'all') return
    for (const user of this.users.values()) {
      if (!this.#named.has(user.id)) this.users.set(user.id, { ...user, status: 'offline' })
    }
  }
}
