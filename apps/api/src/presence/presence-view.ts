import type { Person, SessionId, UserId } from '@rollcall/presence'

interface Freshness {
  readonly state: 'live' | 'stale'
  /** Ms since 1970. */
  readonly since: number
}

/** What the gateway needs of the {@link PresenceNode}. */
export interface PresenceView {
  readonly freshness: Freshness
  readonly onlineCount: number
  online(): Iterable<Person>
  isOnline(id: UserId): boolean
  nameOf(id: UserId): string | undefined
  lastOffline(id: UserId): number | undefined
  changedAt(id: UserId): number | undefined
  open(connection: string, session: SessionId, person: Person): void
  close(connection: string): void
  answered(connection: string): void
  endSession(user: UserId, session: SessionId): void
}
