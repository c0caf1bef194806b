import type { Person, UserId } from '@rollcall/presence'

/** Who is online, as the directory asks this process's presence for it. Keys are those of `nameKey`. */
export interface OnlinePeople {
  readonly size: number
  isOnline(id: UserId): boolean
  /** When somebody went offline in the last minutes, ms, where the database may not have it yet. */
  lastOffline(id: UserId): number | undefined
  /** How many have a smaller key. */
  rankOf(key: string): number
  /** At most `count` people in name order, from a rank on. */
  slice(rank: number, count: number): readonly (Person & { readonly key: string })[]
}
