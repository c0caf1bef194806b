import { CloseCode } from '@rollcall/protocol'
import type { ServerMessage } from '@rollcall/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { RollcallConnection } from './connection.ts'
import type { SessionCheck } from './connection.ts'
import { FakeSocket, welcome } from './testing/fake-socket.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function setUp(session: SessionCheck = 'valid') {
  const sockets: FakeSocket[] = []
  const heard: ServerMessage[] = []
  const checkSession = vi.fn(() => Promise.resolve(session))
  const connection = new RollcallConnection({
    url: 'ws://rollcall/api/ws',
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    checkSession,
    random: () => 0.5,
  })
  connection.on('message', (message) => heard.push(message))
  connection.start()
  const last = () => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('no socket was opened')
    return socket
  }
  const goLive = () => last().hear(welcome)
  return { connection, sockets, heard, checkSession, last, goLive }
}

test('it is live at the welcome, which is told like any message', () => {
  const { connection, heard, goLive } = setUp()
  expect(connection.state.kind).toBe('connecting')
  goLive()
  expect(connection.state.kind).toBe('live')
  expect(heard).toEqual([welcome])
})

test('the watch is sent once live, and again with a fresh ref after each reconnection', () => {
  const { connection, sockets, goLive } = setUp()
  connection.watch({ users: ['a'] })
  expect(sockets[0]?.sent).toEqual([])
  goLive()
  sockets[0]?.break(1006)
  vi.advanceTimersByTime(250)
  goLive()
  expect(sockets.map((socket) => socket.sent)).toEqual([
    [{ type: 'watch', ref: 1, users: ['a'] }],
    [{ type: 'watch', ref: 2, users: ['a'] }],
  ])
})

test('of many watches in a row the first goes at once, and the latest soon', () => {
  const { connection, last, goLive } = setUp()
  goLive()
  for (let at = 0; at < 30; at++) connection.watch({ users: [], online: { from: at, limit: 50 } })
  vi.advanceTimersByTime(1_000)
  expect(last().sent).toEqual([
    { type: 'watch', ref: 1, users: [], online: { from: 0, limit: 50 } },
    { type: 'watch', ref: 2, users: [], online: { from: 29, limit: 50 } },
  ])
})

test('more than 500 users cannot be watched', () => {
  const { connection } = setUp()
  const users = Array.from({ length: 501 }, (_, i) => String(i))
  expect(() => connection.watch({ users })).toThrow('At most 500 users')
})

test('4401 ends it: it is not tried again', () => {
  const { connection, sockets, last, goLive } = setUp()
  goLive()
  last().break(CloseCode.sessionEnded)
  vi.advanceTimersByTime(600_000)
  expect(connection.state).toEqual({ kind: 'ended', reason: 'session' })
  expect(sockets).toHaveLength(1)
})

test('a refused try asks for the session, and ends when that has ended', async () => {
  const { connection, last } = setUp('ended')
  last().break(1006)
  await vi.advanceTimersByTimeAsync(0)
  expect(connection.state).toEqual({ kind: 'ended', reason: 'session' })
})

test.each(['valid', 'unknown'] as const)(
  'a refused try is repeated while the session is %s',
  async (session) => {
    const { sockets, last } = setUp(session)
    last().break(1006)
    await vi.advanceTimersByTimeAsync(250)
    expect(sockets).toHaveLength(2)
  },
)

test('a check that fails means: try again', async () => {
  const { sockets, last, checkSession } = setUp()
  checkSession.mockRejectedValue(new Error('unreachable'))
  last().break(1006)
  await vi.advanceTimersByTimeAsync(250)
  expect(sockets).toHaveLength(2)
})

test('a connection that was live does not ask for the session when it breaks', () => {
  const { checkSession, last, goLive } = setUp()
  goLive()
  last().break(1006)
  expect(checkSession).not.toHaveBeenCalled()
})

test('an answer about the session from before a new start counts for nothing', async () => {
  const { connection, last, checkSession } = setUp()
  let answer: (session: SessionCheck) => void = () => {}
  checkSession.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  last().break(1006)
  connection.stop()
  connection.start()
  answer('ended')
  await vi.advanceTimersByTimeAsync(0)
  expect(connection.state.kind).toBe('connecting')
})

test('a try that hangs is given up', () => {
  const { connection, sockets } = setUp()
  vi.advanceTimersByTime(10_000)
  expect(connection.state.kind).toBe('waiting')
  vi.advanceTimersByTime(250)
  expect(sockets).toHaveLength(2)
  expect(sockets[0]?.closedWith).toBeUndefined()
})

test('silence of twice the heartbeat means it is lost', () => {
  const { connection, goLive } = setUp()
  goLive()
  vi.advanceTimersByTime(19_999)
  expect(connection.state.kind).toBe('live')
  vi.advanceTimersByTime(5_001)
  expect(connection.state.kind).not.toBe('live')
})

test('any message ends the silence, also one that is not known', () => {
  const { connection, heard, last, goLive } = setUp()
  goLive()
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(10_000)
    last().hearText(i % 2 === 0 ? '{"type":"heartbeat"}' : '{"type":"from-the-future"}')
  }
  expect(connection.state.kind).toBe('live')
  expect(heard.filter(({ type }) => type === 'heartbeat')).toHaveLength(10)
  expect(heard).toHaveLength(11)
})

test('a clock that jumps an hour loses no connection', () => {
  const { connection, last, goLive } = setUp()
  goLive()
  for (const jump of [3_600_000, -7_200_000, 3_600_000]) {
    vi.setSystemTime(Date.now() + jump)
    vi.advanceTimersByTime(9_000)
    last().hear({ type: 'heartbeat' })
  }
  expect(connection.state.kind).toBe('live')
})

test('a server that speaks another protocol ends it with the reason', () => {
  const { connection, sockets, last } = setUp()
  last().hearText(JSON.stringify({ ...welcome, protocol: 2 }))
  vi.advanceTimersByTime(60_000)
  expect(connection.state).toEqual({ kind: 'ended', reason: 'protocol' })
  expect(sockets).toHaveLength(1)
})

test('stop closes it, and nothing that the old socket says is heard any more', () => {
  const { connection, heard, last, goLive } = setUp()
  goLive()
  connection.stop()
  expect(last().closedWith).toBe(1000)
  last().hear({ type: 'heartbeat' })
  last().break(1006)
  expect(heard).toEqual([welcome])
  expect(connection.state).toEqual({ kind: 'ended', reason: 'stopped' })
})

test('an address that cannot be opened is tried again', () => {
  let tries = 0
  const connection = new RollcallConnection({
    url: 'ws://rollcall/api/ws',
    open: () => {
      tries++
      throw new Error('no network')
    },
    checkSession: () => Promise.resolve('unknown'),
    random: () => 0.5,
  })
  connection.start()
  vi.advanceTimersByTime(300)
  expect(tries).toBe(2)
  connection.stop()
})

test('when the page is visible or the device online again it connects at once, and sees a silence it slept through', () => {
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  const { connection, sockets, last, goLive } = setUp()
  goLive()
  last().break(1006)
  expect(connection.state.kind).toBe('waiting')
  document.visibilityState = 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
  expect(sockets).toHaveLength(1)
  window.dispatchEvent(new Event('online'))
  expect(sockets).toHaveLength(2)
  goLive()
  vi.setSystemTime(Date.now() + 21_000)
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  expect(sockets).toHaveLength(3)
  connection.stop()
  window.dispatchEvent(new Event('online'))
  expect(sockets).toHaveLength(3)
})
