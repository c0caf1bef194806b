import { setTimeout as sleep } from 'node:timers/promises'

import { check } from './checker.ts'
import type { Fault, Measure } from './fault.ts'
import type { Services } from './services.ts'
import { storyOf } from './story.ts'
import type { Timing } from './timing.ts'
import { World } from './world.ts'

export interface RunOptions {
  readonly services: Services
  readonly timing: Timing
  readonly seed: number
  /** What Node runs as a process, where it is not the product itself. */
  readonly program?: readonly string[]
  /** Fewer people, for a slow machine. */
  readonly isSmall?: boolean
}

export interface RunResult {
  readonly fault: string
  readonly seed: number
  readonly measures: readonly Measure[]
  readonly wrongOfflines: number
  /** MiB */
  readonly memory: number
  /** What was not as promised, a line each; none when all was. */
  readonly problems: readonly string[]
}

/** Timers and sockets are that late without anybody's fault. */
const SLACK_MS = 250
const SETTLED_WITHIN_MS = 60_000
const MOST_MEMORY_MIB = 600

/** Does the harm to a system of its own, and says what came of it. */
export async function runFault(fault: Fault, options: RunOptions): Promise<RunResult> {
  const { services, timing, seed, program, isSmall = false } = options
  const movers = fault.world?.movers ?? (isSmall ? 12 : 40)
  const world = await World.start({ services, timing, seed, processes: 2, ...fault.world, movers, program })
  try {
    const few = isSmall ? 5 : 10
    const pinned = await Promise.all(world.processes.map(({ index }) => world.bring(few, index)))
    const roaming = await world.bring(
      fault.roaming === undefined || isSmall ? 2 * few : fault.roaming,
      'anywhere',
    )
    await world.observe()
    const [visitor] = await world.newSessions(1)
    await world.untilAgreed(SETTLED_WITHIN_MS)
    world.beginMoving()
    // Nobody has come so late that he might be gone by right.
    await sleep(timing.graceMs + 1_000)
    const begun = world.log.events.length
    const measures = await fault.run({ world, timing, pinned, roaming, cookie: visitor?.cookie ?? '' })
    await world.endMoving()
    const disagreement = await world
      .untilAgreed(fault.convergenceMs(timing) + SLACK_MS + world.log.lagSince(begun))
      .then(() => [])
      .catch((error: unknown) => [`screens differ from the truth: ${messageOf(error)}`])
    return judge(fault, world, options, { measures, disagreement, lagMs: world.log.lagSince(begun) })
  } catch (error) {
    throw new Error(`${messageOf(error)}\n${lastWords(world)}`, { cause: error })
  } finally {
    await world.close()
  }
}

function judge(
  fault: Fault,
  world: World,
  { timing, seed }: RunOptions,
  { measures, disagreement, lagMs }: { measures: Measure[]; disagreement: string[]; lagMs: number },
): RunResult {
  const { log } = world
  const verdict = check(log.events, {
    graceMs: timing.graceMs,
    convergenceMs: fault.convergenceMs(timing),
    slackMs: SLACK_MS,
  })
  const described = (
    what: string,
    all: readonly { observer: string; user: string; why: string; at: number }[],
  ) =>
    all
      .slice(0, 3)
      .map(
        ({ observer, user, why, at }) =>
          `${what}: ${user} ${observer}: ${why} (${storyOf(log.events, user, at)})`,
      )
      .concat(all.length > 3 ? [`${what}: ${all.length} in all`] : [])
  const late = measures
    .filter(({ value, limit, unit }) => value > limit + (unit === 'ms' ? SLACK_MS + lagMs : 0))
    .map(({ what, value, limit, unit }) => `${what}: ${Math.round(value)} ${unit}, not ${limit}`)
  const loud = world.processes.flatMap(({ index, lines }) =>
    lines
      .filter((line) => /nobody handled this|"level":60|UnhandledPromise|FATAL ERROR/.test(line))
      .slice(0, 3)
      .map((line) => `process ${index} said: ${line.slice(0, 300)}`),
  )
  const dead = world.processes
    .filter(({ state }) => state !== 'running')
    .map(({ index, state }) => `process ${index} is ${state}`)
  const memory = world.peakMemory
  return {
    fault: fault.name,
    seed,
    measures,
    wrongOfflines: verdict.wrongOfflines.length,
    memory,
    problems: [
      ...disagreement,
      ...described('wrong offline', verdict.wrongOfflines),
      ...described('ghost', verdict.ghosts),
      ...described('missing', verdict.missing),
      ...late,
      ...loud,
      ...dead,
      ...(memory > MOST_MEMORY_MIB ? [`a process held ${Math.round(memory)} MiB`] : []),
    ],
  }
}

function lastWords({ processes }: World): string {
  return processes
    .flatMap(({ index, lines }) => lines.slice(-8).map((line) => `process ${index}: ${line.slice(0, 400)}`))
    .join('\n')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
