import type { Tab } from './tab.ts'
import type { Timing } from './timing.ts'
import type { World, WorldOptions } from './world.ts'

/** What a fault costs, and the most that was promised. */
export interface Measure {
  readonly what: string
  readonly value: number
  readonly unit: 'ms' | 'changes' | 'MiB'
  readonly limit: number
}

/** Who is there when it happens. */
export interface Scene {
  readonly world: World
  readonly timing: Timing
  /** Some who stay at each process, whatever becomes of it. */
  readonly pinned: readonly (readonly Tab[])[]
  /** Some who go wherever they can. */
  readonly roaming: readonly Tab[]
  /** Of somebody's session, for requests. */
  readonly cookie: string
}

/** Harm that is done to a running system, and what is promised all the same. */
export interface Fault {
  readonly name: string
  /** What is done, for a person. */
  readonly title: string
  readonly promised: (timing: Timing) => string
  /** How long a screen may be wrong, ms. */
  readonly convergenceMs: (timing: Timing) => number
  readonly world?: Partial<Pick<WorldOptions, 'processes' | 'movers' | 'proxied' | 'sentinel'>>
  /** How many come who go anywhere. */
  readonly roaming?: number
  /** Does the harm and undoes it: at the end all processes and services run. */
  run(scene: Scene): Promise<Measure[]>
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms % 1_000 === 0 ? 0 : 1)} s`
}

/** One after the other, in the same world. */
export function inSequence(name: string, faults: readonly Fault[]): Fault {
  return {
    name,
    title: faults.map(({ title }) => title).join(', then '),
    promised: (timing) => faults.map((fault) => fault.promised(timing)).join('; '),
    convergenceMs: (timing) => Math.max(...faults.map((fault) => fault.convergenceMs(timing))),
    async run(scene) {
      const measures: Measure[] = []
      // oxlint-disable-next-line no-await-in-loop
      for (const fault of faults) measures.push(...(await fault.run(scene)))
      return measures
    },
  }
}
