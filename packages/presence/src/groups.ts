/** Watchers that hear of the same entries of a list, and so get the same bytes. */
export interface Group<W> {
  readonly entries: readonly number[]
  readonly watchers: readonly W[]
}

/** Which watcher hears of which entries of a list → groups that hear of the same ones (P10). */
export class Groups<W> {
  readonly #entries = new Map<W, number[]>()

  /** Entries are added in rising order. */
  add(watcher: W, entry: number): void {
    const entries = this.#entries.get(watcher)
    if (entries === undefined) this.#entries.set(watcher, [entry])
    else if (entries.at(-1) !== entry) entries.push(entry)
  }

  all(): Iterable<Group<W>> {
    const groups = new Map<number | string, { entries: number[]; watchers: W[] }>()
    for (const [watcher, entries] of this.#entries) {
      const key = entries.length === 1 ? (entries[0] ?? 0) : entries.join()
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { entries, watchers: [watcher] })
      else group.watchers.push(watcher)
    }
    return groups.values()
  }
}
