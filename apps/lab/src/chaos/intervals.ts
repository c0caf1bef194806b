/** Half-open: from `from` until just before `to`. */
export interface Interval {
  readonly from: number
  readonly to: number
}

/** In order, apart from each other, none empty. */
export type Intervals = readonly Interval[]

export function union(...all: readonly Intervals[]): Intervals {
  const sorted = all.flat().toSorted((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of sorted) {
    const last = merged.at(-1)
    if (to <= from) continue
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** What is in `within` and not in `all`. */
export function gaps(all: Intervals, within: Interval): Intervals {
  const found: Interval[] = []
  let from = within.from
  for (const interval of all) {
    if (interval.to <= within.from || interval.from >= within.to) continue
    if (interval.from > from) found.push({ from, to: interval.from })
    from = Math.max(from, interval.to)
  }
  if (from < within.to) found.push({ from, to: within.to })
  return found
}

export function intersection(a: Intervals, b: Intervals): Intervals {
  const found: Interval[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [one, other] = [a[i], b[j]]
    if (one === undefined || other === undefined) return found
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)]
    if (from < to) found.push({ from, to })
    if (one.to < other.to) i++
    else j++
  }
}

/** When a thing was so: it becomes so or not at each of these times, in order. The last state holds to the end. */
export function when(turns: Iterable<{ readonly at: number; readonly is: boolean }>, end: number): Intervals {
  const found: Interval[] = []
  let since: number | undefined
  for (const { at, is } of turns) {
    if (is) since ??= at
    else if (since !== undefined) {
      if (at > since) found.push({ from: since, to: at })
      since = undefined
    }
  }
  if (since !== undefined && end > since) found.push({ from: since, to: end })
  return union(found)
}
