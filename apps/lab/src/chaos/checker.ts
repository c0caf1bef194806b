import type { LoggedEvent } from './event-log.ts'
import { gaps, intersection, type Interval, union, when } from './intervals.ts'
import { type History, type ObserverHistory, type Person, readHistory } from './history.ts'

export interface Limits {
  readonly graceMs: number
  /** How long somebody who is gone may be shown online, and somebody who is there offline. */
  readonly convergenceMs: number
  /** How late an event may have been written down, where nothing else is noted. */
  readonly slackMs: number
}

export interface Fault {
  readonly observer: string
  readonly user: string
  readonly at: number
  readonly why: string
}

export interface Verdict {
  /** P7: shown offline though he was there, or away for less than the grace. */
  readonly wrongOfflines: readonly Fault[]
  /** P12: shown online longer than promised after he was gone. */
  readonly ghosts: readonly Fault[]
  /** P12: there, and shown offline longer than promised. */
  readonly missing: readonly Fault[]
  /** The longest that anybody gone was shown online, counted from when it could be known, ms. */
  readonly worstGhostMs: number
  /** How often an observer was shown a user come or go, by user. */
  readonly shown: ReadonlyMap<string, number>
}

/** Reads what happened and what was shown, and says what was wrong. */
export function check(events: readonly LoggedEvent[], limits: Limits): Verdict {
  const history = readHistory(events)
  const { begin, end } = history
  const wrongOfflines: Fault[] = []
  const ghosts: Fault[] = []
  const missing: Fault[] = []
  let worstGhostMs = 0
  for (const observer of history.observers.values()) {
    const couldKnow = gaps(union(history.redisAway, observer.unsettled, history.disturbed(observer)), {
      from: begin,
      to: end,
    })
    for (const [user, person] of history.people) {
      const shown = observer.shown.get(user) ?? []
      wrongOfflines.push(
        ...shown
          .filter(({ is }) => !is)
          .flatMap(({ at }) => wrongOffline(person, at, limits, history) ?? [])
          .map(({ at, why }) => ({ observer: observer.name, user, at, why })),
      )
      const shownOnline = when(shown, end)
      const there = history.presentFor(person, observer)
      const gone = gaps(there, { from: begin, to: end })
      for (const { from, to } of intersection(intersection(gone, couldKnow), shownOnline)) {
        worstGhostMs = Math.max(worstGhostMs, to - from)
        if (to - from > limits.convergenceMs + limits.slackMs + history.lagWithin({ from, to }))
          ghosts.push(fault(observer, user, from, `gone, and shown online for ${Math.round(to - from)} ms`))
      }
      const shownOffline = gaps(shownOnline, { from: begin, to: end })
      for (const { from, to } of intersection(intersection(person.good, couldKnow), shownOffline)) {
        if (to - from > limits.convergenceMs + limits.slackMs + history.lagWithin({ from, to }))
          missing.push(
            fault(observer, user, from, `there, and shown offline for ${Math.round(to - from)} ms`),
          )
      }
    }
  }
  return { wrongOfflines, ghosts, missing, worstGhostMs, shown: history.shownChanges }
}

function wrongOffline(
  person: Person,
  at: number,
  { graceMs, slackMs: least }: Limits,
  history: History,
): { at: number; why: string } | undefined {
  const slackMs = least + history.lagWithin({ from: at - graceMs - least, to: at + least })
  // Only an absence that was not over for a whole grace can be the reason.
  const absences = gaps(person.good, { from: Number.NEGATIVE_INFINITY, to: at + slackMs }).filter(
    ({ to }) => to > at - graceMs - slackMs,
  )
  const isLong = ({ from, to }: Interval) => Math.min(to, at) - from >= graceMs - slackMs
  const isEnded = ({ from, to }: Interval) => person.endings.some((end) => end >= from - 1 && end <= to)
  if (absences.some((absence) => isLong(absence) || isEnded(absence))) return undefined
  const longest = Math.max(0, ...absences.map(({ from, to }) => Math.min(to, at) - from))
  return { at, why: `shown offline, and away for ${Math.round(longest)} ms at most` }
}

function fault(observer: ObserverHistory, user: string, at: number, why: string): Fault {
  return { observer: observer.name, user, at, why }
}
