import type { ServerMessage } from '@rollcall/protocol'

import type { ListView } from './rows.ts'

/** One way to get at the people of a list: all of them, a window on very many, or those found by a search. */
export interface People {
  /** Says what is to be watched from now on. */
  start(): void
  stop(): void
  /** Everybody in view, as far as loaded. */
  view(): ListView
  /** There is something to show, if only that there is nobody. */
  readonly isLoaded: boolean
  /** Rows of these users changed, or are no more. */
  changed(ids: ReadonlySet<string>): void
  /** After the screen has taken it. */
  heard(message: ServerMessage): void
  /** These rows of the view are looked at. */
  show(first: number, last: number): void
}
