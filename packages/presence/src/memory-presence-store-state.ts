import type {
  Batch,
  BatchAnswer,
  Beat,
  BeatAnswer,
  Change,
  Entry,
  Epoch,
  Incarnation,
  LogAnswer,
  ReleaseAnswer,
  SnapshotAnswer,
  UserId,
} from './ports.ts'

/** Users released in one step. */
const RELEASE_STEP = 1_000
/** How long an incarnation that ended is remembered, so that nothing it sent counts however late it comes, ms. */
const REMEMBER_MS = 3_600_000

export interface StateOptions {
  /** Store time, ms. */
  readonly now: () => number
  /** A fresh random id. */
  readonly newId: () => string
  /** How many entries the log keeps. */
  readonly logEntries: number
  /** How many changes the log keeps, all entries together. */
  readonly logChanges: number
}

interface Member {
  leaseEnd: number
  number: number
}

/** All that is known within one epoch. */
class World {
  readonly epoch: Epoch
  /** Since when the epoch has been settling, null once it has. */
  settlingSince: number | null
  seq = 0
  readonly online = new Map<UserId, { name: string; readonly holders: Set<Incarnation> }>()
  /** What each incarnation holds, standing or buried. */
  readonly held = new Map<Incarnation, Set<UserId>>()
  readonly members = new Map<Incarnation, Member>()
  /** Buried → when its users are due. */
  readonly dead = new Map<Incarnation, number>()
  /** Left, or buried and released → when. */
  readonly gone = new Map<Incarnation, number>()
  readonly log: Entry[] = []
  loggedChanges = 0
  /** When anybody last beat, or began the epoch, and with which lease. */
  beatAt: number
  leaseMs = 0
  /** When the store was last found to have stood still. */
  stoodStillAt: number | null = null

  constructor(epoch: Epoch, now: number) {
    this.epoch = epoch
    this.settlingSince = now
    this.beatAt = now
  }
}

/** The state that all clients of a memory store share: every method is one atomic step, as every script is in Redis. */
export class MemoryPresenceStoreState {
  readonly #options: StateOptions
  readonly #publish: (entry: Entry) => void
  #world: World | null = null

  constructor(options: StateOptions, publish: (entry: Entry) => void) {
    this.#options = options
    this.#publish = publish
  }

  epoch(): Epoch | null {
    return this.#world?.epoch ?? null
  }

  begin(lost: Epoch | null): Epoch {
    if (this.#world !== null && this.#world.epoch !== lost) return this.#world.epoch
    this.#world = new World(this.#options.newId(), this.#options.now())
    return this.#world.epoch
  }

  lose(): void {
    this.#world = null
  }

  beat(beat: Beat): BeatAnswer {
    const world = this.#worldOf(beat.epoch)
    if (world === null) return { result: 'lost' }
    const { incarnation, leaseMs, graceMs } = beat
    const known = world.members.get(incarnation)
    if (known === undefined && (!beat.joins || isMarked(world, incarnation))) return { result: 'buried' }

    const now = this.#options.now()
    const member = known ?? { leaseEnd: 0, number: 0 }
    world.members.set(incarnation, member)
    if (known === undefined) world.held.set(incarnation, new Set())
    if (isStill(world, now, leaseMs)) spare(world, incarnation, now, leaseMs, graceMs)
    member.leaseEnd = now + leaseMs
    world.beatAt = now
    world.leaseMs = leaseMs
    if (world.settlingSince !== null && now >= world.settlingSince + leaseMs) world.settlingSince = null

    const settled = world.settlingSince === null
    if (settled) bury(world, now, graceMs)
    for (const [ended, at] of world.gone) if (at + REMEMBER_MS < now) world.gone.delete(ended)
    return {
      result: 'beating',
      seq: world.seq,
      online: world.online.size,
      number: member.number,
      held: heldBy(world, incarnation).size,
      settled,
      members: world.members.size,
      due: settled ? [...world.dead].filter(([, due]) => due <= now).map(([dead]) => dead) : [],
      at: now,
    }
  }

  apply(batch: Batch): BatchAnswer {
    const world = this.#worldOf(batch.epoch)
    if (world === null) return { result: 'lost' }
    const member = world.members.get(batch.incarnation)
    if (member === undefined) return { result: 'buried' }
    const now = this.#options.now()
    if (batch.number <= member.number) return { result: 'refused' }
    if (batch.releases.length > 0 && keepsReleases(world, batch.incarnation, now)) {
      return { result: 'refused' }
    }

    member.number = batch.number
    const changes: Change[] = []
    for (const [id, name] of new Map(batch.holds.map((person) => [person.id, person.name]))) {
      if (hold(world, batch.incarnation, id, name)) changes.push({ kind: 'online', id, name })
    }
    for (const id of batch.releases) {
      const name = release(world, batch.incarnation, id)
      if (name !== null) changes.push({ kind: 'offline', id, name })
    }
    changes.push(...batch.notices)
    return { result: 'done', entry: this.#write(world, changes, now) }
  }

  release(epoch: Epoch, incarnation: Incarnation): ReleaseAnswer {
    const world = this.#worldOf(epoch)
    if (world === null) return { result: 'lost' }
    const now = this.#options.now()
    const due = world.dead.get(incarnation)
    if (due === undefined || now < due || isStill(world, now, world.leaseMs)) {
      return { result: 'done', entry: null, more: false }
    }
    const users = heldBy(world, incarnation)
    const changes: Change[] = []
    for (const id of [...users].slice(0, RELEASE_STEP)) {
      const name = release(world, incarnation, id)
      if (name !== null) changes.push({ kind: 'offline', id, name })
    }
    if (users.size === 0) forget(world, incarnation, now)
    return { result: 'done', entry: this.#write(world, changes, now), more: users.size > 0 }
  }

  leave(epoch: Epoch, incarnation: Incarnation): void {
    const world = this.#worldOf(epoch)
    if (world === null || heldBy(world, incarnation).size > 0) return
    forget(world, incarnation, this.#options.now())
  }

  log(epoch: Epoch, after: number): LogAnswer {
    const world = this.#worldOf(epoch)
    if (world === null) return { result: 'lost' }
    const entries = world.log.filter((entry) => lastOf(entry) > after)
    const reaches = entries[0] === undefined ? after === world.seq : entries[0].first <= after + 1
    return reaches ? { result: 'done', entries } : { result: 'short' }
  }

  snapshot(epoch: Epoch): SnapshotAnswer {
    const world = this.#worldOf(epoch)
    if (world === null) return { result: 'lost' }
    return {
      result: 'done',
      seq: world.seq,
      online: [...world.online].map(([id, { name }]) => ({ id, name })),
    }
  }

  #worldOf(epoch: Epoch): World | null {
    return this.#world?.epoch === epoch ? this.#world : null
  }

  #write(world: World, changes: readonly Change[], at: number): Entry | null {
    if (changes.length === 0) return null
    const entry: Entry = { epoch: world.epoch, first: world.seq + 1, at, changes }
    world.seq += changes.length
    world.log.push(entry)
    world.loggedChanges += changes.length
    const { logEntries, logChanges } = this.#options
    while (world.log.length > logEntries || world.loggedChanges > Math.max(logChanges, changes.length)) {
      world.loggedChanges -= world.log.shift()?.changes.length ?? 0
    }
    this.#publish(entry)
    return entry
  }
}

/** Nobody has beaten for longer than beats can be apart, or the clock went back: that is the store's fault, and nobody's death. */
function isStill(world: World, now: number, leaseMs: number): boolean {
  return now - world.beatAt > leaseMs / 2 || now < world.beatAt
}

/** After the store stood still, everybody known gets a lease in which to come back, and the buried keep theirs as long. */
function spare(world: World, caller: Incarnation, now: number, leaseMs: number, graceMs: number): void {
  for (const member of world.members.values()) member.leaseEnd = now + leaseMs
  for (const [incarnation, due] of world.dead) {
    world.dead.set(incarnation, Math.min(Math.max(due, now + leaseMs), now + leaseMs + graceMs))
  }
  if (hasOthers(world, caller)) world.stoodStillAt = now
  if (world.settlingSince !== null) world.settlingSince = now
}

/**
 * A release that was sent before the store stood still may come before the hold, by another process, of a user who moved meanwhile (P7):
 * it is refused until two beats after.
 */
function keepsReleases(world: World, caller: Incarnation, now: number): boolean {
  if (!hasOthers(world, caller)) return false
  if (isStill(world, now, world.leaseMs)) return true
  return world.stoodStillAt !== null && now < world.stoodStillAt + world.leaseMs / 3
}

function hasOthers(world: World, caller: Incarnation): boolean {
  return world.dead.size > 0 || world.members.size > (world.members.has(caller) ? 1 : 0)
}

function bury(world: World, now: number, graceMs: number): void {
  for (const [incarnation, { leaseEnd }] of world.members) {
    if (leaseEnd > now) continue
    world.members.delete(incarnation)
    world.dead.set(incarnation, leaseEnd + graceMs)
  }
}

function forget(world: World, incarnation: Incarnation, now: number): void {
  world.members.delete(incarnation)
  world.dead.delete(incarnation)
  world.held.delete(incarnation)
  world.gone.set(incarnation, now)
}

function isMarked(world: World, incarnation: Incarnation): boolean {
  return world.dead.has(incarnation) || world.gone.has(incarnation)
}

function heldBy(world: World, incarnation: Incarnation): Set<UserId> {
  return world.held.get(incarnation) ?? new Set()
}

/** Whether the user came. */
function hold(world: World, incarnation: Incarnation, id: UserId, name: string): boolean {
  world.held.get(incarnation)?.add(id)
  const user = world.online.get(id)
  if (user === undefined) {
    world.online.set(id, { name, holders: new Set([incarnation]) })
    return true
  }
  user.name = name
  user.holders.add(incarnation)
  return false
}

/** The name of the user if he went. */
function release(world: World, incarnation: Incarnation, id: UserId): string | null {
  const user = world.online.get(id)
  if (world.held.get(incarnation)?.delete(id) !== true || user === undefined) return null
  user.holders.delete(incarnation)
  if (user.holders.size > 0) return null
  world.online.delete(id)
  return user.name
}

function lastOf(entry: Entry): number {
  return entry.first + entry.changes.length - 1
}
