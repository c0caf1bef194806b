import { setTimeout as sleep } from 'node:timers/promises'

import type { ServerProcess } from '../server-process.ts'
import type { Subject } from '../subjects.ts'
import type { Crowd } from './crowd.ts'
import type { Visitor } from './dialects.ts'
import { Ledger } from './ledger.ts'
import { Traffic } from './traffic.ts'

export interface TrialOptions {
  readonly subject: Subject
  readonly server: ServerProcess
  readonly crowd: Crowd
  /** Whoever may come and go: as many of them are used as the rate asks for. */
  readonly movers: readonly Visitor[]
  /** Changes a second. */
  readonly rate: number
  readonly seconds: number
  /** How many of the crowd are to be told of each change. */
  readonly watchers: number
}

export interface Trial {
  readonly rate: number
  /** ms from a change to a screen. */
  readonly p50: number
  readonly p99: number
  /** CPU seconds of the server for a change. */
  readonly cpuPerChange: number
  /** How many changes were measured. */
  readonly changes: number
  /** Watchers that were not told each change exactly once, or were given a snapshot, and changes that never happened. */
  readonly faults: number
}

const WARM_SECONDS = 1
const SETTLE_MS = 4_000
const CLEAR_MS = 20_000
/** So long, seconds, everybody stays and stays away. */
const STAY = 2
const FEWEST_MOVERS = 20

/** People come and go at a rate before watchers. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const { subject, server, crowd, rate, seconds, watchers } = options
  const movers = options.movers.slice(0, moversFor(rate))
  const ledger = new Ledger(watchers)
  const traffic = new Traffic({ subject, port: server.port, movers, ledger })
  crowd.listener = (index, heard) => ledger.told(index, heard, performance.now())
  try {
    await traffic.fill(Math.max(rate / 2, movers.length / 2 / STAY))
    await traffic.flow(Math.ceil(rate * WARM_SECONDS), rate, false)
    const before = server.cpu()
    const changes = Math.ceil(rate * seconds)
    await traffic.flow(changes, rate, true)
    const cpu = server.cpu() - before
    await settled(ledger, subject.graceMs + SETTLE_MS)
    const faults = ledger.wronged() + ledger.skips + ledger.unexpected + traffic.late
    const told = { p50: ledger.durations.quantile(0.5), p99: ledger.durations.quantile(0.99) }
    await traffic.drain(Math.max(rate, FEWEST_MOVERS))
    await settled(ledger, subject.graceMs + CLEAR_MS)
    return { rate, ...told, cpuPerChange: cpu / changes, changes, faults }
  } finally {
    crowd.listener = () => {}
    traffic.close()
  }
}

/** How many have to take part, so that nobody comes and goes too quickly. */
export function moversFor(rate: number): number {
  return Math.max(FEWEST_MOVERS, Math.ceil(rate * STAY))
}

async function settled(ledger: Ledger, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (ledger.wronged() > 0 && performance.now() < deadline) {
    // oxlint-disable-next-line no-await-in-loop
    await sleep(50)
  }
}
