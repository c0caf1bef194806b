import { encode } from '@rollcall/protocol'
import type { ServerMessage, WelcomeMessage } from '@rollcall/protocol'

import type { WebSocketLike } from '../websocket-like.ts'

/** A websocket whose other side is the test. */
export class FakeSocket implements WebSocketLike {
  readonly sent: unknown[] = []
  closedWith: number | undefined | null = null
  readonly #listeners: Record<string, ((event: never) => void)[]> = {}

  addEventListener(type: string, listener: (event: never) => void): void {
    ;(this.#listeners[type] ??= []).push(listener)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(code?: number): void {
    this.closedWith = code
  }

  hear(message: ServerMessage): void {
    this.hearText(encode(message))
  }

  hearText(data: string): void {
    this.#tell('message', { data })
  }

  break(code: number): void {
    this.#tell('close', { code })
  }

  #tell(type: string, event: unknown): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never)
  }
}

export const welcome: WelcomeMessage = {
  type: 'welcome',
  protocol: 1,
  connectionId: 'c1',
  user: { id: 'me', username: 'Me' },
  heartbeatSeconds: 10,
  counts: { online: 1, total: 3 },
  freshness: { state: 'live', since: '2026-01-01T00:00:00Z' },
}
