import type { SessionId, UserId } from './ports.ts'

/** `since` is the last moment known to be right, by the process's own `now`. */
export interface Freshness {
  readonly state: 'live' | 'stale'
  readonly since: number
}

export interface DirectoryNews {
  readonly op: 'added' | 'removed'
  readonly id: UserId
  readonly name: string
}

/** What a member tells its process, synchronously. */
export interface MemberEvents {
  /** These users may have come or gone. */
  changed(ids: Iterable<UserId>): void
  /** Sessions that ended, here or elsewhere. */
  ended(sessions: readonly SessionId[]): void
  directory(changes: readonly DirectoryNews[]): void
  freshness(freshness: Freshness): void
  /** Users who came or went by a step of this process, in store time: to be written down. */
  seen(seen: readonly { id: UserId; at: number }[]): void
  /** Notices may have been missed: check all sessions of open sockets. */
  recheck(): void
  /** This process did not run for a while, or was buried: ask every socket for a sign of life. */
  woke(): void
}
