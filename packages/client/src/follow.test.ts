import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { RollcallConnection } from './connection.ts'
import { follow } from './follow.ts'
import { Screen } from './screen.ts'
import { FakeSocket, welcome } from './testing/fake-socket.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a screen follows its connection through a break, and tells who changed', () => {
  const socket = new FakeSocket()
  const connection = new RollcallConnection({
    url: 'ws://rollcall/api/ws',
    open: () => socket,
    checkSession: () => Promise.resolve('valid'),
  })
  const screen = new Screen()
  const changed: string[][] = []
  const stop = follow(connection, screen, (ids) => changed.push([...ids]))
  connection.watch({ users: ['a'] })
  connection.start()
  socket.hear(welcome)
  socket.hear({
    type: 'snapshot',
    scope: 'users',
    ref: 1,
    part: 0,
    users: [{ id: 'a', username: 'a', status: 'online', lastSeenAt: null }],
    complete: true,
  })
  socket.hear({ type: 'heartbeat' })
  expect(screen.isSettled).toBe(true)
  expect(changed.flat()).toEqual(['a'])
  socket.break(1006)
  expect(screen.isKept('a')).toBe(false)
  expect(screen.asOf).not.toBeNull()
  const told = changed.length
  stop()
  connection.stop()
  expect(changed).toHaveLength(told)
})
