import { setTimeout as sleep } from 'node:timers/promises'

import type { ServerProcess } from '../server-process.ts'
import type { Subject } from '../subjects.ts'
import type { Crowd, CrowdListener } from './crowd.ts'
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
  /** How many of the crowd are to be told of each change: the whole of it, or none. */
  readonly watchers: number
  /** Told of every frame to the crowd while it is measured. */
  readonly overhear?: CrowdListener
}

export interface Trial {
  readonly rate: number
  /** ms from a change to a screen, of arrivals. */
  readonly p50: number
  /** ms, from the end of the grace. */
  readonly departureP50: number
  /** ms, the longer of both. */
  readonly p99: number
  /** CPU seconds of the server for a change. */
  readonly cpuPerChange: number
  /** How many changes were measured. */
  readonly changes: number
  /** Watchers that were not told each change exactly once, or were given a snapshot, and changes that never happened. */
  readonly faults: number
}

const WARM_SECONDS = 1
const SILENT_MS = 2_000
const LONGEST_MS = 20_000
/** So long, seconds, everybody stays and stays away. */
const STAY = 2
const FEWEST_MOVERS = 20

/** People come and go at a rate before watchers. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const { subject, server, crowd, rate, seconds, watchers, overhear } = options
  const movers = options.movers.slice(0, moversFor(rate))
  const ledger = new Ledger(watchers)
  const traffic = new Traffic({ subject, port: server.port, movers, ledger })
  let isMeasuring = false
  crowd.listener = (index, heard, bytes) => {
    if (watchers > 0) ledger.told(index, heard, performance.now())
    if (isMeasuring) overhear?.(index, heard, bytes)
  }
  try {
    await traffic.fill(Math.max(rate / 2, movers.length / 2 / STAY))
    await traffic.flow(Math.ceil(rate * WARM_SECONDS), rate, false)
    const before = server.cpu()
    isMeasuring = true
    const changes = Math.ceil(rate * seconds)
    await traffic.flow(changes, rate, true)
    const cpu = server.cpu() - before
    isMeasuring = false
    await settled(ledger, subject.graceMs)
    const faults = ledger.wronged() + ledger.skips + ledger.unexpected + traffic.late
    const { arrivals, departures } = ledger
    const told = {
      p50: arrivals.quantile(0.5),
      p99: Math.max(arrivals.quantile(0.99), departures.quantile(0.99)),
      departureP50: departures.quantile(0.5),
    }
    await traffic.drain(Math.max(rate, FEWEST_MOVERS))
    await settled(ledger, subject.graceMs)
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

/** Until all were told of all, or nobody is told of anything any more. */
async function settled(ledger: Ledger, graceMs: number): Promise<void> {
  const begun = performance.now()
  const isOver = (now: number) =>
    now - Math.max(begun, ledger.toldAt) > graceMs + SILENT_MS || now - begun > LONGEST_MS
  while (ledger.wronged() > 0 && !isOver(performance.now())) {
    // oxlint-disable-next-line no-await-in-loop
    await sleep(50)
  }
}
