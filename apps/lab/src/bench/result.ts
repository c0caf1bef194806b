/** What one run of a scenario found. */
export interface Result {
  /** Against the peers of the same run. */
  readonly ratios: readonly Ratio[]
  readonly rows: readonly Row[]
}

export interface Ratio {
  readonly title: string
  /** What it is to be, as said in words. */
  readonly wanted: string
  readonly value: number
}

/** A line of a table: figures by what they are of, unit included. */
export interface Row {
  readonly name: string
  readonly figures: Readonly<Record<string, number>>
}

export interface ScenarioOptions {
  /** Small numbers: only to see that it works. */
  readonly quick: boolean
}

export interface Scenario {
  readonly name: string
  readonly run: (options: ScenarioOptions) => Promise<Result>
}

/** The figure of a row, NaN where it was not measured. */
export function figure(rows: readonly Row[], name: string, of: string): number {
  return rows.find((row) => row.name === name)?.figures[of] ?? NaN
}
