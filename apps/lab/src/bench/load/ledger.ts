import { Durations } from '../statistics.ts'
import type { Heard, HeardChange } from './heard.ts'

interface Entry {
  /** When it was to happen, ms. */
  readonly at: number
  readonly isMeasured: boolean
}

interface Kept extends Entry {
  readonly online: boolean
}

interface Reading {
  readonly events: readonly number[]
  readonly sum: number
  readonly squares: number
}

/** What happened, and who was told of it when: finds what was lost and what was told twice. */
export class Ledger {
  readonly arrivals = new Durations()
  readonly departures = new Durations()
  /** When anybody was told of a change for the last time. */
  toldAt = -Infinity
  /** Changes that were told, and never happened. */
  unexpected = 0
  /** Watchers that were given a snapshot instead. */
  skips = 0
  readonly #entries: Kept[] = []
  /** By kind of change, those not yet told to anybody. */
  readonly #untold = new Map<string, number[]>()
  readonly #known = new Map<string, number>()
  readonly #readings = new WeakMap<Heard, Reading>()
  readonly #counts: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array

  constructor(watchers: number) {
    this.#counts = new Float64Array(watchers)
    this.#sums = new Float64Array(watchers)
    this.#squares = new Float64Array(watchers)
  }

  /** How many changes happened. */
  get size(): number {
    return this.#entries.length
  }

  happened(name: string, online: boolean, entry: Entry): void {
    const kind = `${online} ${name}`
    const untold = this.#untold.get(kind)
    if (untold === undefined) this.#untold.set(kind, [this.#entries.length])
    else untold.push(this.#entries.length)
    this.#entries.push({ ...entry, online })
  }

  told(watcher: number, heard: Heard, now: number): void {
    if (heard.kind === 'snapshot') this.skips++
    if (heard.kind !== 'changes') return
    this.toldAt = now
    const { events, sum, squares } = this.#read(heard)
    this.#counts[watcher] = (this.#counts[watcher] ?? 0) + events.length
    this.#sums[watcher] = (this.#sums[watcher] ?? 0) + sum
    this.#squares[watcher] = (this.#squares[watcher] ?? 0) + squares
    for (const event of events) {
      const entry = this.#entries[event]
      if (entry?.isMeasured !== true) continue
      const durations = entry.online ? this.arrivals : this.departures
      durations.add(now - entry.at)
    }
  }

  /** How many watchers were not told each change exactly once. */
  wronged(): number {
    const size = this.size
    const sum = (size * (size - 1)) / 2
    const squares = ((size - 1) * size * (2 * size - 1)) / 6
    return this.#counts.reduce((wronged, count, watcher) => {
      const isRight = count === size && this.#sums[watcher] === sum && this.#squares[watcher] === squares
      return isRight ? wronged : wronged + 1
    }, 0)
  }

  #read(heard: Extract<Heard, { kind: 'changes' }>): Reading {
    const known = this.#readings.get(heard)
    if (known !== undefined) return known
    const events = heard.changes.map((change) => this.#find(change)).filter((event) => event >= 0)
    this.unexpected += heard.changes.length - events.length
    const reading = {
      events,
      sum: events.reduce((all, event) => all + event, 0),
      squares: events.reduce((all, event) => all + event ** 2, 0),
    }
    this.#readings.set(heard, reading)
    return reading
  }

  /** Watchers may be told in other frames than their neighbours: the same change has the same mark. */
  #find({ name, online, mark }: HeardChange): number {
    const kind = `${online} ${name}`
    const key = `${mark} ${kind}`
    const event = this.#known.get(key) ?? this.#untold.get(kind)?.shift() ?? -1
    if (event >= 0) this.#known.set(key, event)
    return event
  }
}
