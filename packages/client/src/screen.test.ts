import type { ServerMessage, UserPresence, Watch, Window } from '@rollcall/protocol'
import { expect, test } from 'vitest'

import { Screen } from './screen.ts'
import { welcome } from './testing/fake-socket.ts'

const noon = Date.parse('2026-01-01T12:00:00Z')
const iso = (at: number) => new Date(at).toISOString()

const online = (id: string): UserPresence => ({ id, username: id, status: 'online', lastSeenAt: null })
const offline = (id: string, lastSeenAt: string | null = null): UserPresence => ({
  id,
  username: id,
  status: 'offline',
  lastSeenAt,
})
const counts = { online: 1, total: 3 }
const presence = (id: string, status: UserPresence['status'], at = iso(noon)): ServerMessage => ({
  type: 'presence',
  changes: [{ id, username: id, status, at }],
  counts,
})
const usersSnapshot = (users: UserPresence[], ref?: number): ServerMessage => ({
  type: 'snapshot',
  scope: 'users',
  ...(ref === undefined ? {} : { ref }),
  part: 0,
  users,
  complete: true,
})
const stretch = (users: UserPresence[], window: Window, ref: number): ServerMessage => ({
  type: 'snapshot',
  scope: 'online',
  ref,
  part: 0,
  users,
  complete: true,
  window,
})
const watchOf = (ref: number, users: string[], from?: string | null): Watch => ({
  type: 'watch',
  ref,
  users,
  ...(from === undefined ? {} : { online: { from, limit: 3 } }),
})

function connected(watch?: Watch): Screen {
  const screen = new Screen()
  screen.apply(welcome, noon)
  if (watch !== undefined) screen.watched(watch)
  return screen
}

test('a user is the same object, and the stretch the same list, until something about them changes', () => {
  const screen = connected(watchOf(1, [], null))
  screen.apply(usersSnapshot([], 1), noon)
  screen.apply(stretch([online('a'), online('b')], { from: null, to: null, before: 0 }, 1), noon)
  const [list, a, b] = [screen.online, screen.user('a'), screen.user('b')]
  screen.apply(presence('a', 'online'), noon + 1)
  screen.apply({ type: 'heartbeat' }, noon + 2)
  expect(screen.online).toBe(list)
  expect(screen.apply(presence('a', 'offline'), noon + 3)).toEqual(new Set(['a']))
  expect(screen.online).not.toBe(list)
  expect(screen.user('a')).not.toBe(a)
  expect(screen.user('b')).toBe(b)
})

test('the version rises with what may show, and with nothing else', () => {
  const screen = connected()
  const versions = [screen.version]
  const messages: ServerMessage[] = [
    { type: 'heartbeat' },
    { type: 'counts', ...welcome.counts },
    { type: 'counts', online: 2, total: 3 },
    { type: 'freshness', state: 'stale', since: iso(noon) },
  ]
  for (const message of messages) {
    screen.apply(message, noon)
    versions.push(screen.version)
  }
  const [first = 0] = versions
  expect(versions.map((version) => version - first)).toEqual([0, 0, 0, 1, 2])
})

test('a page is older than what the websocket says of a watched user, and adds when he was last seen', () => {
  const screen = connected(watchOf(1, ['a', 'b']))
  screen.apply(usersSnapshot([offline('a'), online('b')], 1), noon)
  screen.page({ users: [online('a'), offline('b', iso(noon))], counts }, noon + 5)
  expect([screen.user('a'), screen.user('b')]).toEqual([offline('a'), online('b')])
  screen.page({ users: [offline('a', iso(noon - 60_000))], counts }, noon + 6)
  expect(screen.user('a')).toEqual(offline('a', iso(noon - 60_000)))
  screen.page({ users: [offline('a', iso(noon - 120_000))], counts }, noon + 7)
  expect(screen.user('a')).toEqual(offline('a', iso(noon - 60_000)))
})

test('whoever a stretch covers and does not name is offline, whatever an older page says', () => {
  const screen = connected(watchOf(1, [], null))
  screen.page({ users: [online('b'), online('z')], counts }, noon - 10)
  screen.apply(usersSnapshot([], 1), noon)
  screen.apply(stretch([online('a')], { from: null, to: 'm', before: 0 }, 1), noon)
  screen.page({ users: [online('c')], counts }, noon - 5)
  expect(['a', 'b', 'c', 'z'].map((id) => screen.user(id)?.status)).toEqual([
    'online',
    'offline',
    'offline',
    'online',
  ])
  expect(['a', 'b', 'c', 'z'].map((id) => screen.isKept(id))).toEqual([true, true, true, false])
})

test('a page that comes while another watch is on its way counts for those whom that one does not name', () => {
  const screen = connected(watchOf(1, ['a']))
  screen.apply(usersSnapshot([online('a')], 1), noon)
  screen.watched(watchOf(2, ['b']))
  screen.page({ users: [offline('a', iso(noon))], counts }, noon + 20)
  expect(screen.user('a')?.status).toBe('offline')

  const scrolled = connected(watchOf(1, [], null))
  scrolled.apply(usersSnapshot([], 1), noon)
  scrolled.apply(stretch([online('a')], { from: null, to: 'm', before: 0 }, 1), noon)
  scrolled.watched(watchOf(2, [], 'n'))
  scrolled.page({ users: [offline('a', iso(noon))], counts }, noon + 20)
  scrolled.apply(usersSnapshot([], 2), noon + 30)
  scrolled.apply(stretch([online('n')], { from: 'n', to: null, before: 1 }, 2), noon + 31)
  expect(scrolled.user('a')).toEqual(offline('a', iso(noon)))
})

test('an older page does not undo a newer one', () => {
  const screen = new Screen()
  screen.page({ users: [online('a')], counts }, noon + 10)
  screen.page({ users: [offline('a')], counts }, noon)
  expect(screen.user('a')?.status).toBe('online')
})

test('a deleted account is gone, and a page that was on its way does not bring it back', () => {
  const screen = connected(watchOf(1, ['a'], null))
  screen.apply(usersSnapshot([online('a')], 1), noon)
  screen.apply(stretch([online('a')], { from: null, to: null, before: 0 }, 1), noon)
  screen.apply({ type: 'directory', changes: [{ op: 'removed', id: 'a', username: 'a' }], counts }, noon)
  screen.page({ users: [online('a')], counts }, noon - 1)
  expect(screen.user('a')).toBeUndefined()
  expect(screen.online).toEqual([])
})

test('a new account shows as one that was never there', () => {
  const screen = connected({ type: 'watch', ref: 1, all: true })
  screen.apply({ type: 'directory', changes: [{ op: 'added', id: 'a', username: 'a' }], counts }, noon)
  expect(screen.user('a')).toEqual(offline('a'))
})

test('who is told of as he was has not turned', () => {
  const screen = connected(watchOf(1, ['a', 'b']))
  screen.apply(usersSnapshot([online('a'), offline('b')], 1), noon)
  expect(screen.turned).toEqual(new Set())
  screen.apply(presence('a', 'online'), noon)
  expect(screen.turned).toEqual(new Set())
  screen.apply(presence('a', 'offline'), noon)
  expect(screen.turned).toEqual(new Set(['a']))
  screen.apply({ type: 'heartbeat' }, noon)
  expect(screen.turned).toEqual(new Set())
  screen.apply(presence('nobody so far', 'offline'), noon)
  expect(screen.turned).toEqual(new Set())
  screen.apply(presence('somebody new', 'online'), noon)
  expect(screen.turned).toEqual(new Set(['somebody new']))
})

test('the last change of a user within a message is his last seen', () => {
  const screen = connected(watchOf(1, ['a']))
  screen.apply(presence('a', 'offline', iso(noon)), noon)
  expect(screen.user('a')).toEqual(offline('a', iso(noon)))
  screen.apply(presence('a', 'online', iso(noon + 1)), noon)
  expect(screen.user('a')).toEqual(online('a'))
})

test('"as of" is the last message before a break, until all that is watched was told again', () => {
  const screen = connected(watchOf(1, ['a'], null))
  screen.apply(usersSnapshot([online('a')], 1), noon)
  expect(screen.isSettled).toBe(false)
  screen.apply(stretch([online('a')], { from: null, to: null, before: 0 }, 1), noon)
  expect([screen.asOf, screen.isSettled]).toEqual([null, true])
  screen.apply({ type: 'heartbeat' }, noon + 10_000)
  screen.lost()
  expect([screen.asOf, screen.isKept('a'), screen.user('a')?.status]).toEqual([
    noon + 10_000,
    false,
    'online',
  ])
  screen.apply(welcome, noon + 60_000)
  screen.watched(watchOf(2, ['a'], null))
  screen.apply(usersSnapshot([offline('a')], 2), noon + 60_001)
  expect(screen.asOf).toBe(noon + 10_000)
  screen.apply(stretch([], { from: null, to: null, before: 0 }, 2), noon + 60_002)
  expect([screen.asOf, screen.isSettled]).toEqual([null, true])
})

test('"as of" is the moment that a stale process names', () => {
  const screen = connected()
  screen.apply({ type: 'freshness', state: 'stale', since: iso(noon - 3_000) }, noon)
  expect(screen.asOf).toBe(noon - 3_000)
  screen.apply({ type: 'freshness', state: 'live', since: iso(noon) }, noon)
  expect(screen.asOf).toBeNull()
})

test('counts come with the websocket, and with pages only while there is none', () => {
  const screen = new Screen()
  expect(screen.counts).toBeUndefined()
  screen.page({ users: [], counts: { online: 5, total: 9 } }, noon)
  expect(screen.counts).toEqual({ online: 5, total: 9 })
  screen.apply(welcome, noon)
  screen.page({ users: [], counts: { online: 7, total: 9 } }, noon + 1)
  expect(screen.counts).toEqual(welcome.counts)
})

test('a part whose beginning is missing, and an answer to nothing that was asked, change nothing', () => {
  const screen = connected(watchOf(1, ['a']))
  screen.apply(usersSnapshot([online('a')], 7), noon)
  screen.apply(usersSnapshot([online('a')]), noon)
  screen.apply(
    { type: 'snapshot', scope: 'users', ref: 1, part: 1, users: [online('a')], complete: true },
    noon,
  )
  expect(screen.user('a')).toBeUndefined()
  expect(screen.isSettled).toBe(false)
})

test('an unasked snapshot unsettles until it is complete, and then stands for what was skipped', () => {
  const screen = connected(watchOf(1, ['a', 'b']))
  screen.apply(usersSnapshot([online('a'), online('b')], 1), noon)
  const part = (number: number, user: UserPresence, complete: boolean): ServerMessage => ({
    type: 'snapshot',
    scope: 'users',
    part: number,
    users: [user],
    complete,
  })
  screen.apply(part(0, offline('a', iso(noon)), false), noon)
  expect(screen.isSettled).toBe(false)
  screen.apply(part(1, online('b'), true), noon)
  expect([screen.isSettled, screen.user('a'), screen.user('b')]).toEqual([
    true,
    offline('a', iso(noon)),
    online('b'),
  ])
})

test('part 0 drops an unfinished snapshot of its scope', () => {
  const screen = connected({ type: 'watch', ref: 1, all: true })
  const all = (part: number, ids: string[], complete: boolean): ServerMessage => ({
    type: 'snapshot',
    scope: 'all',
    ref: 1,
    part,
    users: ids.map(online),
    complete,
  })
  screen.apply(all(0, ['a', 'b'], false), noon)
  screen.apply(all(0, ['b'], false), noon)
  screen.apply(all(1, ['c'], true), noon)
  expect([...screen.everyoneOnline()].map(({ id }) => id).toSorted()).toEqual(['b', 'c'])
})

test('rows that nobody watches are forgotten when there are many, the oldest first', () => {
  const screen = connected(watchOf(1, ['u0']))
  screen.apply(usersSnapshot([online('u0')], 1), noon)
  for (let page = 0; page < 60; page++) {
    const users = Array.from({ length: 100 }, (_, i) => offline(`u${page * 100 + i}`))
    screen.page({ users, counts }, noon + page)
  }
  expect(screen.user('u0')).toBeDefined()
  expect(screen.user('u1')).toBeUndefined()
  expect(screen.user('u5999')).toBeDefined()
})
