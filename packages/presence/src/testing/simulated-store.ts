import type { Answer, Call } from '../calls.ts'
import { MemoryPresenceStoreState } from '../memory-presence-store-state.ts'
import type { Entry } from '../ports.ts'
import type { Timeline } from './timeline.ts'

const CALL_TIMEOUT_MS = 1_000
/** How long after it was sent a call may still be executed. */
export const MOST_LATE_MS = 9_500

/** What one process's link to the store does to calls and to what is published. */
export interface SimulatedLink {
  /** Nothing passes; what was asked may still be executed when it is whole again. */
  cut: boolean
  /** The share of calls, answers and publications that get lost; some calls are executed long after they were given up. */
  loss: number
  /** Publications get lost without a notice. */
  deaf: boolean
  /** The subscription stands. */
  subscribed: boolean
}

interface Subscriber {
  readonly link: SimulatedLink
  readonly entry: (entry: Entry) => void
  readonly probe: (token: string) => void
  /** Publications of one link never overtake each other. */
  lastDelivery: number
}

/** The memory store's semantic behind links that lose, delay and repeat nothing but what a network may. */
export class SimulatedStore {
  readonly state: MemoryPresenceStoreState
  readonly #time: Timeline
  readonly #random: () => number
  readonly #subscribers: Subscriber[] = []
  #frozenUntil = 0
  #awayUntil = 0
  #ids = 0

  constructor(options: { time: Timeline; random: () => number }) {
    this.#time = options.time
    this.#random = options.random
    this.state = new MemoryPresenceStoreState(
      { now: () => this.#time.now, newId: () => `epoch${++this.#ids}`, logEntries: 20, logChanges: 1_000 },
      (entry) => this.#publish((subscriber) => subscriber.entry(entry)),
    )
  }

  get isAway(): boolean {
    return this.#time.now < Math.max(this.#frozenUntil, this.#awayUntil)
  }

  /** When its last absence ended. */
  get returnedAt(): number {
    const end = Math.max(this.#frozenUntil, this.#awayUntil)
    return end > this.#time.now ? 0 : end
  }

  /** It stands still, and does afterwards what was asked meanwhile. */
  freeze(ms: number): void {
    this.#frozenUntil = this.#time.now + ms
  }

  /** It refuses every connection. */
  goAway(ms: number): void {
    this.#awayUntil = this.#time.now + ms
  }

  subscribe(subscriber: Omit<Subscriber, 'lastDelivery'>): void {
    this.#subscribers.push({ ...subscriber, lastDelivery: 0 })
  }

  /** Executes a call at some time or never, and answers in time or fails. */
  call(
    link: SimulatedLink,
    call: Call,
    done: { executed: (answer: Answer) => void; answered: (answer: Answer) => void; failed: () => void },
  ): void {
    const sentAt = this.#time.now
    let open = true
    const fail = (at: number): void =>
      this.#time.plan(at, () => {
        if (!open) return
        open = false
        done.failed()
      })
    if (sentAt < this.#awayUntil) return fail(sentAt + 2)
    fail(sentAt + CALL_TIMEOUT_MS)
    const lost = link.cut || this.#random() < link.loss
    if (lost && this.#random() < 0.5) return
    const late = lost || this.#random() < link.loss / 2
    const arrival = sentAt + this.#latency() + (late ? this.#random() * MOST_LATE_MS : 0)
    const execute = (): void => {
      const now = this.#time.now
      if (now < this.#frozenUntil) return this.#time.plan(this.#frozenUntil + this.#latency(), execute)
      if (now < this.#awayUntil) return
      if (call.kind === 'probe') this.#publish((subscriber) => subscriber.probe(call.token))
      const answer = executeCall(this.state, call)
      done.executed(answer)
      if (link.cut || this.#random() < link.loss) return
      this.#time.plan(now + this.#latency(), () => {
        if (!open) return
        open = false
        done.answered(answer)
      })
    }
    this.#time.plan(arrival, execute)
  }

  #publish(deliver: (subscriber: Subscriber) => void): void {
    for (const subscriber of this.#subscribers) {
      const { link } = subscriber
      if (!link.subscribed || link.cut || link.deaf || this.#random() < link.loss) continue
      const at = Math.max(subscriber.lastDelivery, this.#time.now + this.#latency())
      subscriber.lastDelivery = at
      this.#time.plan(at, () => {
        if (link.subscribed && !link.cut) deliver(subscriber)
      })
    }
  }

  #latency(): number {
    return 1 + this.#random() * (this.#random() < 0.05 ? 200 : 8)
  }
}

/** What a store answers, at once. */
export function executeCall(state: MemoryPresenceStoreState, call: Call): Answer {
  switch (call.kind) {
    case 'subscribe':
      return { kind: call.kind, call }
    case 'epoch':
      return { kind: call.kind, call, answer: state.epoch() }
    case 'begin':
      return { kind: call.kind, call, answer: state.begin(call.lost) }
    case 'beat':
      return { kind: call.kind, call, answer: state.beat(call.beat) }
    case 'leave':
      state.leave(call.epoch, call.incarnation)
      return { kind: call.kind, call }
    case 'apply':
      return { kind: call.kind, call, answer: state.apply(call.batch) }
    case 'release':
      return { kind: call.kind, call, answer: state.release(call.epoch, call.incarnation) }
    case 'log':
      return { kind: call.kind, call, answer: state.log(call.epoch, call.after) }
    case 'snapshot':
      return { kind: call.kind, call, answer: state.snapshot(call.epoch) }
    case 'probe':
      return { kind: call.kind, call }
  }
}
