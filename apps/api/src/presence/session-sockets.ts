import type { SessionId } from '@rollcall/presence'

import type { Socket } from './socket.ts'

/** The open sockets by their session: mostly one each, so that only where there are more there is a set. */
export class SessionSockets {
  readonly #sockets = new Map<SessionId, Socket | Set<Socket>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  sessions(): Iterable<SessionId> {
    return this.#sockets.keys()
  }

  *all(): Generator<Socket> {
    for (const there of this.#sockets.values()) {
      if (there instanceof Set) yield* there
      else yield there
    }
  }

  of(session: SessionId): Socket[] {
    const there = this.#sockets.get(session)
    if (there === undefined) return []
    return there instanceof Set ? [...there] : [there]
  }

  add(socket: Socket): void {
    const there = this.#sockets.get(socket.session)
    if (there === undefined) this.#sockets.set(socket.session, socket)
    else if (there instanceof Set) there.add(socket)
    else this.#sockets.set(socket.session, new Set([there, socket]))
    this.#size++
  }

  /** False where it is not there any more. */
  delete(socket: Socket): boolean {
    const there = this.#sockets.get(socket.session)
    if (there instanceof Set) {
      if (!there.delete(socket)) return false
      if (there.size === 0) this.#sockets.delete(socket.session)
    } else {
      if (there !== socket) return false
      this.#sockets.delete(socket.session)
    }
    this.#size--
    return true
  }
}
