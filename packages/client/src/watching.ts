import type { Stretch } from '@rollcall/protocol'

/** Whom to watch: everybody, or some users by id (at most 500) and a stretch of the online ones in name order. */
export type Watching =
  | { readonly all: true }
  | { readonly users: readonly string[]; readonly online?: Stretch }
