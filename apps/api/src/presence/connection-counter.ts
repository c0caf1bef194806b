import type { SessionId } from '@rollcall/presence'

/** How many websockets a session has, over all processes. */
export interface ConnectionCounter {
  /** Sessions without any may be left out. Null when a process did not answer in time; never rejects. */
  count(sessions: readonly SessionId[]): Promise<ReadonlyMap<SessionId, number> | null>
}

/** Counts where there is one process only. */
export class LocalConnectionCounter implements ConnectionCounter {
  readonly #connectionsOf: (session: SessionId) => number

  constructor({ connectionsOf }: { connectionsOf: (session: SessionId) => number }) {
    this.#connectionsOf = connectionsOf
  }

  async count(sessions: readonly SessionId[]): Promise<ReadonlyMap<SessionId, number>> {
    return new Map(sessions.map((session) => [session, this.#connectionsOf(session)]))
  }
}
