import type { DirectoryNews, Freshness, SessionId, UserId } from '@rollcall/presence'

/** What this process must do because somebody came, went, or something was lost. All are called synchronously. */
export interface PresenceEvents {
  /** These users may have come or gone: look with `isOnline`. */
  changed(ids: Iterable<UserId>): void
  /** Sessions that ended anywhere: close their sockets with 4401. */
  ended(sessions: readonly SessionId[]): void
  /** Accounts created or deleted anywhere, in the total order. */
  directory(changes: readonly DirectoryNews[]): void
  /** The link to the others was lost or regained; `since` is the last moment known to be right, ms since 1970. */
  freshness(freshness: Freshness): void
  /** Users who came or went by a step of this process, ms since 1970: to be written to the database, never backwards. */
  seen(seen: readonly { id: UserId; at: number }[]): void
  /** After a loss or a reconnection: check all sessions of open sockets now (P4, P11). */
  recheck(): void
  /** This process did not run for a while, or was taken for dead: ping all sockets now, and count no earlier ping as missed (P6). */
  woke?(): void
}
