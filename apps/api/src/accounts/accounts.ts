import type { AccountsRepository } from './accounts-repository.ts'
import type { LoginThrottle } from './login-throttle.ts'
import type { PasswordHasher } from './password-hash.ts'
import type { RateLimit } from '../platform/rate-limit.ts'
import type { SessionsRepository } from './sessions-repository.ts'

interface Person {
  readonly id: string
  readonly name: string
}

/** What presence is told, after the database has committed. */
export interface PresencePort {
  added(person: Person): void
  removed(person: Person): void
  endSession(user: string, session: string): void
}

/** Counts websockets of sessions over all processes; null where one of those did not answer. */
export interface ConnectionsPort {
  count(sessions: readonly string[]): Promise<ReadonlyMap<string, number> | null>
}

/** What the routes of accounts need. */
export interface AccountsDeps {
  readonly accounts: AccountsRepository
  readonly sessions: SessionsRepository
  readonly hasher: PasswordHasher
  readonly throttle: LoginThrottle
  readonly signups: RateLimit
  readonly presence: PresencePort
  readonly connections: ConnectionsPort
}
