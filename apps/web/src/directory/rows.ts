import { nameKey } from '@rollcall/protocol'
import type { UserPresence } from '@rollcall/protocol'

/** `position` counts people from 1. A gap is somebody who is not known yet. */
export type Row =
  | { readonly kind: 'person'; readonly key: string; readonly user: UserPresence; readonly position: number }
  | { readonly kind: 'gap'; readonly key: string; readonly position: number }
  | { readonly kind: 'heading'; readonly key: 'offline'; readonly count: number }

/** A list of rows, of which only those looked at need to exist: first me, then who is online, a heading, and the others. */
export interface ListView {
  /** Rows, the heading too. */
  readonly size: number
  /** People; -1 while nobody knows how many. */
  readonly people: number
  /** Of the list; me among them. */
  readonly online: number
  rowAt(index: number): Row
}

export const EMPTY: ListView = viewOf([], 0)

const keys = new Map<string, string>()
const MOST_KEYS = 20_000

/** {@link nameKey}, remembered: the same names are compared again at every change. */
export function keyOf(username: string): string {
  let key = keys.get(username)
  if (key === undefined) {
    if (keys.size >= MOST_KEYS) keys.clear()
    key = nameKey(username)
    keys.set(username, key)
  }
  return key
}

export function byName(one: UserPresence, other: UserPresence): number {
  const [a, b] = [keyOf(one.username), keyOf(other.username)]
  if (a !== b) return a < b ? -1 : 1
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

/** @param more there are people that `users` does not have */
export function groupedView(users: Iterable<UserPresence>, me: string, more = false): ListView {
  const mine: UserPresence[] = []
  const online: UserPresence[] = []
  const offline: UserPresence[] = []
  for (const user of users) {
    if (user.id === me) mine.push(user)
    else if (user.status === 'online') online.push(user)
    else offline.push(user)
  }
  const here = [...mine, ...online.toSorted(byName)]
  const rows: Row[] = here.map((user, index) => personRow(user, index + 1))
  if (offline.length > 0) rows.push({ kind: 'heading', key: 'offline', count: offline.length })
  for (const user of offline.toSorted(byName)) rows.push(personRow(user, rows.length))
  return viewOf(rows, here.filter((user) => user.status === 'online').length, more)
}

/** The same people in the same places, as they are now: for while somebody points at them. */
export function keptInPlace(
  before: ListView,
  now: ListView,
  user: (id: string) => UserPresence | undefined,
): ListView {
  const rows: Row[] = []
  let people = 0
  for (let index = 0; index < before.size; index++) {
    const row = before.rowAt(index)
    if (row.kind !== 'person') rows.push(row)
    else {
      const current = user(row.user.id)
      if (current !== undefined) rows.push(personRow(current, ++people))
    }
  }
  return viewOf(rows, now.online)
}

export function personRow(user: UserPresence, position: number): Row {
  return { kind: 'person', key: user.id, user, position }
}

function viewOf(rows: readonly Row[], online: number, more = false): ListView {
  const people = rows.filter(({ kind }) => kind !== 'heading').length
  return {
    size: rows.length,
    people: more ? -1 : people,
    online,
    rowAt: (index) => rows[index] ?? { kind: 'gap', key: `gap-${index}`, position: index + 1 },
  }
}
