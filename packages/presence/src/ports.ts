/**
 * What a process needs from the place where all processes meet. The memory store and the Redis store implement it, and both pass
 * `testing/store-contract.ts`. Times are the store's own, in ms since 1970. Rules P1 to P14: SPEC.md.
 */

export type UserId = string
export type SessionId = string
/** A random id of one database session of the store: all else is only true within it (P4, P7). */
export type Epoch = string
/** A random id of one life of a process: a process that finds itself buried takes a new one (P6). */
export type Incarnation = string

export interface Person {
  readonly id: UserId
  readonly name: string
}

/** What others must hear in the one total order, beside who came and went (P4). Written after the database has committed. */
export type Notice =
  | { readonly kind: 'added'; readonly id: UserId; readonly name: string }
  | { readonly kind: 'removed'; readonly id: UserId; readonly name: string }
  | { readonly kind: 'ended'; readonly id: UserId; readonly session: SessionId }

/** One net change or notice. Its place in the total order is its entry's `first` plus its index. */
export type Change =
  | { readonly kind: 'online'; readonly id: UserId; readonly name: string }
  | { readonly kind: 'offline'; readonly id: UserId; readonly name: string }
  | Notice

/** What one atomic step changed: published as one message, kept as one entry of the log. Never empty. */
export interface Entry {
  readonly epoch: Epoch
  /** The seq of `changes[0]`. The first seq of an epoch is 1. */
  readonly first: number
  /** Store time of the step, ms. For `offline` it is the new "last seen". */
  readonly at: number
  readonly changes: readonly Change[]
}

export interface Batch {
  readonly epoch: Epoch
  readonly incarnation: Incarnation
  /** Above every number this incarnation sent before (P5). */
  readonly number: number
  readonly holds: readonly Person[]
  readonly releases: readonly UserId[]
  readonly notices: readonly Notice[]
}

/**
 * `lost`: the epoch is gone or another. `buried`: the lease does not stand. `refused`: the number is not above the last one, or the
 * batch has releases and the store stood still a moment ago, so that holds of others may still be on their way.
 */
export type Refusal = { readonly result: 'lost' | 'buried' | 'refused' }

/** `entry` is null where nothing changed on net. Its changes were made by this batch, so this process writes their "last seen". */
export type BatchAnswer = Refusal | { readonly result: 'done'; readonly entry: Entry | null }

export interface Beat {
  readonly epoch: Epoch
  readonly incarnation: Incarnation
  /** The first beat of an incarnation makes it known; a later one of an unknown incarnation is answered `buried`. */
  readonly joins: boolean
  readonly leaseMs: number
  /** How long after the end of a lease its users are still held. */
  readonly graceMs: number
}

export type BeatAnswer =
  | { readonly result: 'lost' | 'buried' }
  | {
      readonly result: 'beating'
      /** The last seq given out. */
      readonly seq: number
      /** How many users are online at `seq`. */
      readonly online: number
      /** The last number taken from this incarnation, 0 for none. */
      readonly number: number
      /** How many users this incarnation holds. */
      readonly held: number
      /** False for one lease from the birth of the epoch (P7). */
      readonly settled: boolean
      /** How many incarnations have a standing lease, this one included. */
      readonly members: number
      /** The buried whose users are due: `release` them. */
      readonly due: readonly Incarnation[]
      /** Store time, ms. */
      readonly at: number
    }

/** At most 1,000 users a step; `more` while some are left. */
export type ReleaseAnswer =
  | { readonly result: 'lost' }
  | { readonly result: 'done'; readonly entry: Entry | null; readonly more: boolean }

/** `short`: the log does not reach back to `after`. */
export type LogAnswer =
  | { readonly result: 'lost' | 'short' }
  | { readonly result: 'done'; readonly entries: readonly Entry[] }

/** Who is online as of `seq` at least; entries after `seq` are applied on top, and are idempotent. */
export type SnapshotAnswer =
  | { readonly result: 'lost' }
  | { readonly result: 'done'; readonly seq: number; readonly online: readonly Person[] }

export interface StoreListener {
  /** An entry was published, by whatever process, this one included. May be missing, never reordered within one link. */
  entry(entry: Entry): void
  /** A token that `probe` published has come back. */
  probe(token: string): void
  /** The subscription broke, and whatever was published meanwhile is missing. Called again at the next break only. */
  unsubscribed(): void
  /** The subscription stands (again): read the log from here. */
  subscribed(): void
}

/**
 * All methods reject with {@link StoreUnavailable} when the store did not answer in time or refuses writes; the step may have been
 * executed all the same, and may still be (P5).
 */
export interface PresenceStore {
  subscribe(listener: StoreListener): Promise<void>
  /** The epoch that stands, or null where there is none. */
  epoch(): Promise<Epoch | null>
  /** Begins a new epoch unless another than `lost` stands meanwhile, and answers the one that stands. */
  begin(lost: Epoch | null): Promise<Epoch>
  apply(batch: Batch): Promise<BatchAnswer>
  beat(beat: Beat): Promise<BeatAnswer>
  /** Releases users of a buried incarnation that is due. Harmless when several processes do it at once. */
  release(epoch: Epoch, incarnation: Incarnation): Promise<ReleaseAnswer>
  /** Forgets an incarnation that holds nobody. */
  leave(epoch: Epoch, incarnation: Incarnation): Promise<void>
  log(epoch: Epoch, after: number): Promise<LogAnswer>
  snapshot(epoch: Epoch): Promise<SnapshotAnswer>
  /** Publishes a token to whoever listens, this process too. */
  probe(token: string): Promise<void>
  close(): Promise<void>
}

/** The store did not answer, or refused: what was asked may or may not have happened. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
