import { CloseCode } from '@rollcall/protocol'
import { expect, test } from 'vitest'

import { backOff } from './back-off.ts'
import { nextState } from './connection-state.ts'
import type { ConnectionEvent, ConnectionState } from './connection-state.ts'
import { welcome } from './testing/fake-socket.ts'

const stopped: ConnectionState = { kind: 'ended', reason: 'stopped' }
const loggedOut: ConnectionState = { kind: 'ended', reason: 'session' }
const tooNew: ConnectionState = { kind: 'ended', reason: 'protocol' }
const connecting: ConnectionState = { kind: 'connecting', pace: 'dropped', failures: 0 }
const third: ConnectionState = { kind: 'connecting', pace: 'dropped', failures: 2 }
const returning: ConnectionState = { kind: 'connecting', pace: 'restarting', failures: 1 }
const live: ConnectionState = { kind: 'live', welcome, since: 1_000, failures: 0 }
const shaky: ConnectionState = { kind: 'live', welcome, since: 1_000, failures: 3 }
const waiting: ConnectionState = { kind: 'waiting', pace: 'dropped', failures: 2, until: 9_000 }

const closed = (code: number, at = 2_000, random = 0.5): ConnectionEvent => ({
  type: 'closed',
  code,
  at,
  random,
})
const welcomed: ConnectionEvent = { type: 'welcomed', welcome, at: 5_000 }

/** From, event, to; `same` where an event means nothing. */
const table: [string, ConnectionState, ConnectionEvent, ConnectionState | 'same'][] = [
  ['a stopped one starts', stopped, { type: 'started' }, connecting],
  ['one that was logged out starts after the next log-in', loggedOut, { type: 'started' }, connecting],
  ['a live one is not started twice', live, { type: 'started' }, 'same'],
  ['a waiting one is not started twice', waiting, { type: 'started' }, 'same'],
  ['welcome makes it live', third, welcomed, { kind: 'live', welcome, since: 5_000, failures: 2 }],
  ['a late welcome means nothing', waiting, welcomed, 'same'],
  ['a foreign protocol ends it', connecting, { type: 'foreign-protocol' }, tooNew],
  ['it is due', waiting, { type: 'due' }, third],
  ['it wakes early', waiting, { type: 'woken' }, third],
  ['waking a live one means nothing', live, { type: 'woken' }, 'same'],
  ['waking an ended one means nothing', loggedOut, { type: 'woken' }, 'same'],
  ['stop ends a live one', live, { type: 'stopped' }, stopped],
  ['stop ends a waiting one', waiting, { type: 'stopped' }, stopped],
  ['stop keeps the reason of an end', loggedOut, { type: 'stopped' }, 'same'],
  ['an ended session ends a waiting one', waiting, { type: 'session-ended' }, loggedOut],
  ['an ended session ends a connecting one', connecting, { type: 'session-ended' }, loggedOut],
  ['an old answer about the session does not end a live one', live, { type: 'session-ended' }, 'same'],
  ['4401 ends it', live, closed(CloseCode.sessionEnded), loggedOut],
  ['4401 ends it before the welcome', connecting, closed(CloseCode.sessionEnded), loggedOut],
  ['a late close means nothing', waiting, closed(1006), 'same'],
  [
    'a steady one that breaks comes back within half a second',
    { ...shaky, since: 1_000 },
    closed(1006, 6_000),
    { kind: 'waiting', pace: 'dropped', failures: 1, until: 6_250 },
  ],
  [
    'one that breaks at once goes on slowing down',
    shaky,
    closed(1006, 2_000),
    { kind: 'waiting', pace: 'dropped', failures: 4, until: 4_000 },
  ],
  [
    'a restart is waited for up to a second',
    shaky,
    closed(CloseCode.restarting, 2_000, 0.9),
    { kind: 'waiting', pace: 'restarting', failures: 1, until: 2_900 },
  ],
  [
    'a refused try during a restart waits up to two',
    returning,
    closed(1006, 3_000, 0.9),
    { kind: 'waiting', pace: 'restarting', failures: 2, until: 4_800 },
  ],
  [
    'an overloaded server gets time',
    live,
    closed(CloseCode.overloaded, 2_000),
    { kind: 'waiting', pace: 'overloaded', failures: 1, until: 4_000 },
  ],
]

test.each(table)('%s', (_, state, event, expected) => {
  expect(nextState(state, event)).toEqual(expected === 'same' ? state : expected)
})

test('the wait is random up to 0.5 s, doubles, and ends at 15 s', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 1_000].map((failures) => backOff('dropped', failures, 1))
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  expect(backOff('dropped', 7, 0)).toBe(0)
})

test('after 1012 the wait is random up to 1 s, then up to 2 s', () => {
  expect([0, 1, 2].map((failures) => backOff('restarting', failures, 1))).toEqual([1_000, 2_000, 2_000])
})
