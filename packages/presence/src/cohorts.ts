/** Into so many cohorts of like size the watchers are divided. */
export const COHORTS = 4

/** Cohorts that have been told up to the same version of the backlog. */
export interface Behind {
  readonly version: number
  readonly cohorts: ReadonlySet<number>
}

/**
 * Up to which version each cohort has been told. Where telling all takes long, it is done for one cohort at a time, each in its turn: a
 * watcher is told as often as before, but waits for a cohort to be told, not for all.
 */
export class Cohorts {
  readonly #toldTo: number[] = Array.from({ length: COHORTS }, () => 0)

  /** All have been told everything. */
  isLevel(version: number): boolean {
    return this.#toldTo.every((toldTo) => toldTo === version)
  }

  /** All who are to be told something: they count as told up to the version from now on. */
  all(version: number): Behind[] {
    const behind = new Map<number, Set<number>>()
    for (const [cohort, toldTo] of this.#toldTo.entries()) {
      if (toldTo === version) continue
      const others = behind.get(toldTo)
      if (others === undefined) behind.set(toldTo, new Set([cohort]))
      else others.add(cohort)
    }
    this.#toldTo.fill(version)
    return Array.from(behind, ([from, cohorts]) => ({ version: from, cohorts }))
  }

  /** The cohort that has waited longest, if it is to be told something: it counts as told from now on. */
  next(version: number): Behind[] {
    const from = Math.min(...this.#toldTo)
    if (from === version) return []
    const cohort = this.#toldTo.indexOf(from)
    this.#toldTo[cohort] = version
    return [{ version: from, cohorts: new Set([cohort]) }]
  }
}
