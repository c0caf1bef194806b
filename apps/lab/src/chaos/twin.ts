/** A product that lacks one of its defences: what the suite must not call right. */
export interface Twin {
  readonly name: string
  /** What it lacks, for a person. */
  readonly without: string
  /** The fault that it does not survive. */
  readonly fault: string
  /** How that shows. */
  readonly bites: RegExp
  /** Where the defence stands in the sources, and what stands there instead. */
  readonly cuts: readonly Cut[]
}

export interface Cut {
  /** From the root of the repository. */
  readonly file: string
  readonly from: string
  readonly to: string
}
