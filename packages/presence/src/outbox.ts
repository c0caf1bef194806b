import type { Notice, Person, UserId } from './ports.ts'

/** What one batch says. */
export interface Contents {
  readonly holds: readonly Person[]
  readonly releases: readonly UserId[]
  readonly notices: readonly Notice[]
}

const USERS_A_BATCH = 1_000
const NOTICES_A_BATCH = 500
const MOST_NOTICES = 10_000

/**
 * What the store has still to be told. Users are kept as ids only: a batch says what holds *now* for each (P5), so that a batch whose
 * fate is unknown is never sent again.
 */
export class Outbox {
  /** Users whose hold may differ from what the store knows. */
  readonly #dirty = new Set<UserId>()
  /** Not held any more, and kept back. */
  readonly #keptBack = new Set<UserId>()
  /** Users of batches whose fate is unknown. */
  readonly #unsure = new Set<UserId>()
  /** Whom the store said it holds for this incarnation. */
  readonly #asserted = new Set<UserId>()
  #notices: Notice[] = []
  #underWay: Contents | null = null
  #isUrgent = false
  readonly #carried = new Set<UserId>()
  #turns = 0
  /** Notices that were dropped because too many waited. */
  droppedNotices = 0

  /** How many users the store should hold for this incarnation. */
  get assertedCount(): number {
    return this.#asserted.size
  }

  /** Rises with every batch: what was read between two equal turns at rest was not disturbed by a batch. */
  get turns(): number {
    return this.#turns
  }

  /** No batch is under way, and of none is the fate unknown. */
  get atRest(): boolean {
    return this.#underWay === null && this.#unsure.size === 0
  }

  get empty(): boolean {
    return this.#underWay === null && !this.hasMore
  }

  /** Something is to be said that is not under way. */
  get hasMore(): boolean {
    return this.#dirty.size + this.#keptBack.size + this.#notices.length > 0
  }

  /** Something of it must not wait for more to be gathered. */
  get isUrgent(): boolean {
    return this.#isUrgent
  }

  /** Whether something about this user is still to be told. */
  has(id: UserId): boolean {
    return this.#dirty.has(id) || this.#keptBack.has(id) || this.#unsure.has(id) || this.#carried.has(id)
  }

  isUnsure(id: UserId): boolean {
    return this.#unsure.has(id)
  }

  /** This user came or went here. */
  mark(id: UserId): void {
    this.#keptBack.delete(id)
    this.#dirty.add(id)
  }

  /** What waits is to be said as soon as it may. */
  hurry(): void {
    this.#isUrgent = true
  }

  notify(notice: Notice): void {
    this.hurry()
    this.#notices.push(notice)
    if (this.#notices.length <= MOST_NOTICES) return
    this.#notices.shift()
    this.droppedNotices++
  }

  /** What the store holds for this process is not what was said: all is said again. */
  reassert(held: Iterable<Person>): void {
    for (const id of this.#asserted) this.mark(id)
    for (const person of held) this.mark(person.id)
  }

  /** The store knows nothing of this process any more: who is held is said anew, the rest is forgotten. */
  startOver(held: Iterable<Person>): void {
    this.failed()
    this.#dirty.clear()
    this.#keptBack.clear()
    this.#unsure.clear()
    this.#asserted.clear()
    for (const person of held) this.#dirty.add(person.id)
  }

  /** The next batch, under way from now on; null when there is nothing to say. Releases are left out unless they may be said. */
  take(held: (id: UserId) => Person | undefined, mayRelease: boolean): Contents | null {
    if (this.#underWay !== null) return null
    if (mayRelease) this.#letGo()
    if (this.#dirty.size + this.#notices.length === 0) return null
    const holds: Person[] = []
    const releases: UserId[] = []
    for (const id of this.#dirty) {
      const person = held(id)
      if (person !== undefined) holds.push(person)
      else if (!mayRelease) this.#keptBack.add(id)
      else if (this.#asserted.has(id) || this.#unsure.has(id)) releases.push(id)
      this.#dirty.delete(id)
      if (holds.length + releases.length >= USERS_A_BATCH) break
    }
    const notices = this.#notices.splice(0, NOTICES_A_BATCH)
    if (holds.length + releases.length + notices.length === 0) return null
    this.#turns++
    this.#isUrgent &&= this.#dirty.size + this.#notices.length > 0
    this.#underWay = { holds, releases, notices }
    for (const person of holds) this.#carried.add(person.id)
    for (const id of releases) this.#carried.add(id)
    return this.#underWay
  }

  /** The batch under way was executed. */
  done(): void {
    const batch = this.#underWay
    if (batch === null) return
    this.#underWay = null
    this.#carried.clear()
    for (const person of batch.holds) {
      this.#asserted.add(person.id)
      this.#unsure.delete(person.id)
    }
    for (const id of batch.releases) {
      this.#asserted.delete(id)
      this.#unsure.delete(id)
    }
  }

  /** The fate of the batch under way is unknown: each of its users is dirty, its notices are said again. */
  failed(): void {
    const batch = this.#underWay
    if (batch === null) return
    this.#underWay = null
    this.#carried.clear()
    for (const person of batch.holds) this.#doubt(person.id)
    for (const id of batch.releases) this.#doubt(id)
    this.#notices = [...batch.notices, ...this.#notices]
  }

  #doubt(id: UserId): void {
    this.#unsure.add(id)
    this.mark(id)
  }

  #letGo(): void {
    for (const id of this.#keptBack) this.#dirty.add(id)
    this.#keptBack.clear()
  }
}
