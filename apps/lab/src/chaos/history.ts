import type { LoggedEvent, ProcessState } from './event-log.ts'
import { gaps, intersection, type Interval, type Intervals, union, when } from './intervals.ts'

export interface Person {
  /** When he had a connection to a process that ran and reached Redis, or would have, were it not away for all (P7). */
  readonly good: Intervals
  /** His connections by process, whatever became of the process. */
  readonly byProcess: ReadonlyMap<number, Intervals>
  /** When his sessions were ended. */
  readonly endings: readonly number[]
}

export interface ObserverHistory {
  readonly name: string
  readonly unsettled: Intervals
  /** When he was at which process. */
  readonly byProcess: ReadonlyMap<number, Intervals>
  /** What he was shown of each user: whether online. */
  readonly shown: ReadonlyMap<string, readonly { readonly at: number; readonly is: boolean }[]>
}

export interface History {
  readonly begin: number
  readonly end: number
  readonly people: ReadonlyMap<string, Person>
  readonly observers: ReadonlyMap<string, ObserverHistory>
  readonly redisAway: Intervals
  /** When the observer's process could tell him nothing new of others: frozen, dead or cut off. */
  disturbed(observer: ObserverHistory): Intervals
  /** When the person was there as far as that observer's process can know: its own connections count in any case (P13). */
  presentFor(person: Person, observer: ObserverHistory): Intervals
  readonly shownChanges: ReadonlyMap<string, number>
  /** How much later than it happened something may have been written down between these moments, ms. */
  lagWithin(interval: Interval): number
}

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

/** The events of a run as intervals. */
export function readHistory(events: readonly LoggedEvent[]): History {
  const begin = events[0]?.at ?? 0
  const end = events.at(-1)?.at ?? 0
  const of = <T extends LoggedEvent['type']>(type: T): Of<T>[] =>
    events.filter((event): event is Of<T> => event.type === type)

  const processes = groupBy(of('process'), ({ process }) => process)
  const inState = (process: number, states: readonly ProcessState[]) =>
    when(
      (processes.get(process) ?? []).map(({ at, state }) => ({ at, is: states.includes(state) })),
      end,
    )
  const redisAway = when(
    of('redis').map(({ at, state }) => ({ at, is: state === 'away' })),
    end,
  )

  const people = readPeople(of('connected'), of('disconnected'), of('ending'), end, (process) =>
    gaps(inState(process, ['frozen', 'dead', 'cut']), { from: begin, to: end }),
  )
  const observers = readObservers(of('observer'), of('shown'), end)
  const lags = of('lag')
  const shownChanges = new Map<string, number>()
  for (const { user } of of('shown')) shownChanges.set(user, (shownChanges.get(user) ?? 0) + 1)

  return {
    begin,
    end,
    people,
    observers,
    redisAway,
    shownChanges,
    lagWithin: ({ from, to }) =>
      Math.max(0, ...lags.filter(({ at, ms }) => at >= from && at - ms <= to).map(({ ms }) => ms)),
    disturbed: (observer) =>
      union(
        ...[...observer.byProcess].map(([process, there]) =>
          intersection(there, inState(process, ['frozen', 'dead', 'cut'])),
        ),
      ),
    presentFor: (person, observer) =>
      union(
        person.good,
        ...[...observer.byProcess].map(([process, there]) =>
          intersection(there, person.byProcess.get(process) ?? []),
        ),
      ),
  }
}

function readPeople(
  connected: readonly Of<'connected'>[],
  disconnected: readonly Of<'disconnected'>[],
  ending: readonly Of<'ending'>[],
  end: number,
  works: (process: number) => Intervals,
): Map<string, Person> {
  const endOf = new Map(disconnected.map(({ connection, at }) => [connection, at]))
  const endings = groupBy(ending, ({ user }) => user)
  const people = new Map<string, Person>()
  for (const [user, connections] of groupBy(connected, (event) => event.user)) {
    const ends = (endings.get(user) ?? []).map(({ at }) => at)
    const byProcess = new Map<number, Intervals>()
    for (const { at, connection, process } of connections) {
      const ended = ends.find((each) => each >= at) ?? Number.POSITIVE_INFINITY
      const to = Math.min(endOf.get(connection) ?? end, ended)
      byProcess.set(process, union(byProcess.get(process) ?? [], [{ from: at, to }]))
    }
    const good = [...byProcess].map(([process, there]) => intersection(there, works(process)))
    people.set(user, { byProcess, endings: ends, good: union(...good) })
  }
  return people
}

function readObservers(
  states: readonly Of<'observer'>[],
  shown: readonly Of<'shown'>[],
  end: number,
): Map<string, ObserverHistory> {
  const shownTo = groupBy(shown, ({ observer }) => observer)
  const observers = new Map<string, ObserverHistory>()
  for (const [name, turns] of groupBy(states, ({ observer }) => observer)) {
    const processes = new Set(turns.map(({ process }) => process))
    const byProcess = [...processes].map(
      (process) =>
        [
          process,
          when(
            turns.map(({ at, process: now }) => ({ at, is: now === process })),
            end,
          ),
        ] as const,
    )
    const byUser = groupBy(shownTo.get(name) ?? [], ({ user }) => user)
    observers.set(name, {
      name,
      unsettled: when(
        turns.map(({ at, isSettled }) => ({ at, is: !isSettled })),
        end,
      ),
      byProcess: new Map(byProcess),
      shown: new Map(
        [...byUser].map(([user, events]) => [
          user,
          events.map(({ at, status }) => ({ at, is: status === 'online' })),
        ]),
      ),
    })
  }
  return observers
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}
