import type { Answer, Call, CallOf } from '../calls.ts'
import type { DirectoryNews, Freshness } from '../member-events.ts'
import { Member } from '../member.ts'
import { MemoryPresenceStoreState } from '../memory-presence-store-state.ts'
import type { Entry, SessionId, UserId } from '../ports.ts'
import { ManualClock } from './manual-clock.ts'
import { executeCall } from './simulated-store.ts'

export const LEASE_MS = 6_000
export const BEAT_MS = LEASE_MS / 6
export const GRACE_MS = 4_000

/** A member on a bench, and all that it says. */
export interface Tried {
  readonly name: string
  readonly member: Member
  /** `+ada`, `-ada`. */
  readonly told: string[]
  readonly ended: SessionId[]
  readonly directory: DirectoryNews[]
  readonly freshness: Freshness[]
  readonly seen: { id: UserId; at: number }[]
  readonly calls: Call[]
  rechecks: number
  wakes: number
  /** Calls fail at once, and nothing published arrives. */
  cut: boolean
  /** Calls get no answer until they are let go. */
  held: Call[] | null
  /** Publications get lost. */
  deaf: boolean
  /** It does not run: what is published waits. */
  frozen: Entry[] | null
  /** How far its clock is behind, ms. */
  behind: number
}

/** Members on one store in one time, without any delay: what a rule says can be tried by hand. */
export class Bench {
  readonly clock = new ManualClock(1_000_000)
  readonly state: MemoryPresenceStoreState
  readonly members: Tried[] = []
  #ids = 0

  constructor() {
    this.state = new MemoryPresenceStoreState(
      { now: this.clock.now, newId: () => `epoch${++this.#ids}`, logEntries: 100, logChanges: 1_000 },
      (entry) => this.#publish(entry),
    )
  }

  /** A member that has started, not more. */
  add(shared = true, { cut = false } = {}): Tried {
    const name = `m${this.members.length + 1}`
    const shown = new Set<UserId>()
    let ids = 0
    const tried: Tried = {
      name,
      member: new Member({
        leaseMs: LEASE_MS,
        graceMs: GRACE_MS,
        shared,
        newId: () => `${name}.${++ids}`,
        now: this.clock.now(),
        events: {
          changed: (changed) => {
            for (const id of changed) {
              const online = tried.member.shown.isOnline(id)
              if (online === shown.has(id)) continue
              if (online) shown.add(id)
              else shown.delete(id)
              tried.told.push(`${online ? '+' : '-'}${id}`)
            }
          },
          ended: (sessions) => tried.ended.push(...sessions),
          directory: (changes) => tried.directory.push(...changes),
          freshness: (freshness) => tried.freshness.push(freshness),
          seen: (seen) => tried.seen.push(...seen),
          recheck: () => tried.rechecks++,
          woke: () => tried.wakes++,
        },
      }),
      told: [],
      ended: [],
      directory: [],
      freshness: [],
      seen: [],
      calls: [],
      rechecks: 0,
      wakes: 0,
      cut,
      held: null,
      deaf: false,
      frozen: null,
      behind: 0,
    }
    this.members.push(tried)
    this.pump()
    return tried
  }

  /** Two members that are ready, and an epoch that has settled. */
  addTwo(): [Tried, Tried] {
    const two: [Tried, Tried] = [this.add(), this.add()]
    this.pass(LEASE_MS + 2_000)
    return two
  }

  open(tried: Tried, connection: string, id: UserId, session = `session of ${id}`): void {
    tried.member.open(connection, session, { id, name: id.toUpperCase() }, this.#now(tried))
    this.pump()
  }

  close(tried: Tried, connection: string): void {
    tried.member.close(connection, this.#now(tried))
    this.pump()
  }

  /** Time passes for all who run. */
  pass(ms: number, stepMs = 100): void {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left))
      for (const tried of this.members) if (tried.frozen === null) tried.member.step(this.#now(tried))
      this.pump()
    }
  }

  freeze(tried: Tried): void {
    tried.frozen = []
  }

  /** It runs again, and reads what has waited for it. */
  thaw(tried: Tried): void {
    const waiting = tried.frozen ?? []
    tried.frozen = null
    tried.member.step(this.#now(tried))
    for (const entry of waiting) tried.member.heard(entry, this.#now(tried))
  }

  /** It does not run for so long, and neither does its clock. */
  suspend(tried: Tried, ms: number): void {
    this.freeze(tried)
    this.pass(ms)
    tried.behind += ms
    this.thaw(tried)
  }

  /** Lets the calls go that were held, and answers them. */
  letGo(tried: Tried): void {
    const held = tried.held ?? []
    tried.held = null
    for (const call of held) tried.member.answer(executeCall(this.state, call), this.#now(tried))
    this.pump()
  }

  pump(): void {
    for (let again = true; again;) {
      again = false
      for (const tried of this.members) {
        if (tried.frozen !== null) continue
        const calls = tried.member.next(this.#now(tried))
        if (tried.held === null) again ||= calls.length > 0
        for (const call of calls) this.#make(tried, call)
      }
    }
  }

  #make(tried: Tried, call: Call): void {
    tried.calls.push(call)
    if (tried.held !== null) {
      tried.held.push(call)
      return
    }
    const now = this.#now(tried)
    if (tried.cut) return tried.member.failed(call, now)
    const answer: Answer = executeCall(this.state, call)
    tried.member.answer(answer, now)
    if (call.kind === 'probe' && !tried.deaf) tried.member.probed(call.token, now)
  }

  #publish(entry: Entry): void {
    for (const tried of this.members) {
      const { member, cut, deaf, frozen } = tried
      if (frozen !== null) frozen.push(entry)
      else if (!cut && !deaf) member.heard(entry, this.#now(tried))
    }
  }

  #now(tried: Tried): number {
    return this.clock.now() - tried.behind
  }
}

export function callsOf<K extends Call['kind']>(tried: Tried, kind: K): CallOf<K>[] {
  return tried.calls.filter((call): call is CallOf<K> => call.kind === kind)
}

export function lastOf<T>(all: readonly T[]): T {
  const last = all.at(-1)
  if (last === undefined) throw new Error('There is none')
  return last
}
