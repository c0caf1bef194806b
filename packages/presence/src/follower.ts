import type { Call } from './calls.ts'
import type { Entry, Epoch, LogAnswer, Person, SnapshotAnswer, UserId } from './ports.ts'
import { lastOf, Roster } from './roster.ts'

/** What the total order brought: who came or went on net, and the entries that were not known yet, in order. */
export interface News {
  readonly changed: readonly Person[]
  readonly entries: readonly Entry[]
}

export interface Read extends News {
  /** A snapshot took the place of what was known, the first one of an epoch that has settled or another: notices may be missing. */
  readonly loaded: 'first' | 'again' | null
}

const NO_NEWS: News = { changed: [], entries: [] }

/** How long a missing entry may be on its way by the subscription before the log is asked, ms. */
const GAP_PATIENCE_MS = 100
/** The most changes that are kept while an earlier one is missing. */
const MOST_EARLY_CHANGES = 100_000

/** Follows the total order: applies entries as they come, notices what is missing, closes it by log or snapshot (P4). */
export class Follower {
  readonly roster = new Roster()
  #known = 0
  #reported = 0
  #behindSince: number | null = null
  #need: 'nothing' | 'log' | 'snapshot' = 'nothing'
  #early = new Map<number, Entry>()
  #earlyChanges = 0
  #loading: { keep: boolean; snapshot: Extract<SnapshotAnswer, { result: 'done' }> | null } | null = null
  /** The seq at which the store said how many are online, and how many. */
  #count: { seq: number; online: number } | null = null
  #complete = false

  /** The roster is that of an epoch that had settled. */
  get complete(): boolean {
    return this.#complete
  }

  /** Nothing is known to be missing. */
  get inStep(): boolean {
    return this.#complete && this.#need === 'nothing' && this.#behindSince === null
  }

  /** True when the roster holds another number of people than the store said for the very same seq. */
  get miscounted(): boolean {
    const count = this.#count
    return this.#complete && count?.seq === this.roster.seq && count.online !== this.roster.size
  }

  begin(epoch: Epoch): void {
    this.roster.begin(epoch)
    this.#known = 0
    this.#reported = 0
    this.#behindSince = null
    this.#need = 'nothing'
    this.#loading = null
    this.#count = null
    this.#complete = false
    this.#clearEarly()
  }

  /** Asks for the log, unless more is wanted already. */
  wantLog(): void {
    if (this.#need === 'nothing') this.#need = 'log'
  }

  /** Asks for a snapshot that replaces all, also in place of one that is being read: it may be of before. */
  wantSnapshot(): void {
    this.#need = 'snapshot'
    this.#loading = null
  }

  /** The store has given out `seq`, with `online` users at it. */
  hint(seq: number, online: number, now: number): void {
    this.#count = { seq, online }
    this.#known = Math.max(this.#known, seq)
    this.#look(now)
  }

  heard(entry: Entry, now: number): News {
    const place = this.roster.place(entry)
    if (place === 'foreign' || place === 'old') return NO_NEWS
    this.#known = Math.max(this.#known, lastOf(entry))
    if (place === 'gap' || this.#loading !== null) this.#keep(entry)
    const changed = new Map<UserId, Person>()
    const entries: Entry[] = []
    if (place === 'next') this.#apply(entry, changed, entries)
    this.#applyEarly(changed, entries)
    this.#look(now)
    return { changed: [...changed.values()], entries }
  }

  /** What to read next, or null. `settled` as of now. */
  call(epoch: Epoch, settled: boolean, now: number): Call | null {
    if (this.#loading?.snapshot) {
      return { lane: 'reading', kind: 'log', epoch, after: this.#loading.snapshot.seq }
    }
    if (this.#need === 'snapshot') {
      this.#loading = { keep: !settled, snapshot: null }
      return { lane: 'reading', kind: 'snapshot', epoch }
    }
    const late = this.#behindSince !== null && now - this.#behindSince >= GAP_PATIENCE_MS
    if (this.#need !== 'log' && !late) return null
    return { lane: 'reading', kind: 'log', epoch, after: this.roster.seq }
  }

  snapshot(answer: Extract<SnapshotAnswer, { result: 'done' }>): void {
    if (this.#loading !== null && this.#loading.snapshot === null) this.#loading.snapshot = answer
  }

  log(after: number, answer: Exclude<LogAnswer, { result: 'lost' }>, now: number): Read {
    const loading = this.#loading
    const snapshot = loading?.snapshot
    if (answer.result !== 'done') {
      this.wantSnapshot()
      return { ...NO_NEWS, loaded: null }
    }
    if (loading && snapshot && snapshot.seq !== after) return { ...NO_NEWS, loaded: null }
    const changed = new Map<UserId, Person>()
    const entries: Entry[] = []
    const before = loading && snapshot ? this.roster.load({ ...snapshot, keep: loading.keep }) : null
    const first = !this.#complete
    if (loading && snapshot) {
      this.#complete = !loading.keep
      this.#loading = null
    }
    for (const entry of answer.entries) {
      if (this.roster.place(entry) === 'next') this.#apply(entry, changed, entries)
    }
    this.#applyEarly(changed, entries)
    if (before !== null || this.#need === 'log') this.#need = 'nothing'
    this.#behindSince = null
    this.#look(now)
    return {
      changed: before === null ? [...changed.values()] : this.roster.differences(before),
      entries,
      loaded: before === null ? null : first && this.#complete ? 'first' : 'again',
    }
  }

  #apply(entry: Entry, changed: Map<UserId, Person>, entries: Entry[]): void {
    for (const person of this.roster.apply(entry)) changed.set(person.id, person)
    if (entry.first > this.#reported) entries.push(entry)
    this.#reported = Math.max(this.#reported, lastOf(entry))
  }

  #keep(entry: Entry): void {
    if (this.#early.has(entry.first)) return
    this.#early.set(entry.first, entry)
    this.#earlyChanges += entry.changes.length
    if (this.#earlyChanges > MOST_EARLY_CHANGES) this.#clearEarly()
  }

  #applyEarly(changed: Map<UserId, Person>, entries: Entry[]): void {
    if (this.#early.size === 0) return
    for (let next = this.#early.get(this.roster.seq + 1); next; next = this.#early.get(this.roster.seq + 1)) {
      this.#apply(next, changed, entries)
    }
    if (this.#loading !== null) return
    for (const [first, entry] of this.#early) {
      if (lastOf(entry) > this.roster.seq) continue
      this.#early.delete(first)
      this.#earlyChanges -= entry.changes.length
    }
  }

  #clearEarly(): void {
    this.#early.clear()
    this.#earlyChanges = 0
  }

  #look(now: number): void {
    if (this.roster.seq >= this.#known) this.#behindSince = null
    else this.#behindSince ??= now
  }
}
