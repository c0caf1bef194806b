/** Somebody came or went; `mark` tells two changes of the same kind apart. */
export interface HeardChange {
  readonly name: string
  readonly online: boolean
  readonly mark: string
}

/** What a frame says, whichever server said it. */
export type Heard =
  | { readonly kind: 'changes'; readonly changes: readonly HeardChange[] }
  /** Everybody who is online, in parts; the first begins anew. */
  | {
      readonly kind: 'snapshot'
      readonly names: readonly string[]
      readonly isFirst: boolean
      readonly isLast: boolean
    }
  | { readonly kind: 'welcome' }
  /** Wants to be answered with this text. */
  | { readonly kind: 'question'; readonly answer: string }
  | { readonly kind: 'other' }
