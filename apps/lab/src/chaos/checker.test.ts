import { expect, test } from 'vitest'

import { check } from './checker.ts'
import type { ChaosEvent, LoggedEvent } from './event-log.ts'

const limits = { graceMs: 4_000, convergenceMs: 12_000, slackMs: 0 }

type Timed = [at: number, event: ChaosEvent]

const process = (at: number, state: 'running' | 'frozen' | 'dead' | 'cut', number = 0): Timed => [
  at,
  { type: 'process', process: number, state },
]
const connected = (at: number, connection = 1, number = 0): Timed => [
  at,
  { type: 'connected', user: 'ann', connection, process: number },
]
const disconnected = (at: number, connection = 1): Timed => [
  at,
  { type: 'disconnected', user: 'ann', connection },
]
const shown = (at: number, status: 'online' | 'offline'): Timed => [
  at,
  { type: 'shown', observer: 'o', user: 'ann', status },
]
const observer = (at: number, isSettled: boolean, number = 0): Timed => [
  at,
  { type: 'observer', observer: 'o', process: number, isSettled },
]
const redis = (at: number, state: 'up' | 'away'): Timed => [at, { type: 'redis', state }]

/** Two processes that run, an observer at the first who was told all, and a last word at 100 s. */
function verdictOn(...story: Timed[]) {
  const events: LoggedEvent[] = [
    process(0, 'running'),
    process(0, 'running', 1),
    observer(0, true),
    ...story,
    redis(100_000, 'up'),
  ].map(([at, event]) => ({ at, ...event }))
  return check(
    events.toSorted((a, b) => a.at - b.at),
    limits,
  )
}

const right = { wrongOfflines: [], ghosts: [], missing: [] }

test('who comes and goes and is shown so in time is no fault', () => {
  const verdict = verdictOn(
    connected(1_000),
    shown(1_020, 'online'),
    disconnected(5_000),
    shown(9_050, 'offline'),
  )
  expect(verdict).toMatchObject(right)
  expect(verdict.worstGhostMs).toBe(4_050)
  expect(verdict.shown.get('ann')).toBe(2)
})

test('P7 shown offline while connected is wrong', () => {
  const { wrongOfflines } = verdictOn(connected(1_000), shown(1_020, 'online'), shown(9_000, 'offline'))
  expect(wrongOfflines).toEqual([
    { observer: 'o', user: 'ann', at: 9_000, why: 'shown offline, and away for 0 ms at most' },
  ])
})

test('P3 shown offline before the grace is over is wrong', () => {
  const story = [connected(1_000), shown(1_020, 'online'), disconnected(5_000)]
  expect(verdictOn(...story, shown(8_900, 'offline')).wrongOfflines).toHaveLength(1)
  expect(verdictOn(...story, shown(9_000, 'offline')).wrongOfflines).toEqual([])
})

test('P7 an absence that was over for a whole grace is no reason any more', () => {
  const story = [connected(1_000), shown(1_020, 'online'), disconnected(5_000), connected(9_500, 2)]
  expect(verdictOn(...story, shown(9_600, 'offline'), shown(9_700, 'online')).wrongOfflines).toEqual([])
  expect(verdictOn(...story, shown(13_600, 'offline'), shown(13_700, 'online')).wrongOfflines).toHaveLength(1)
})

test('P1 one of two connections is enough, on whatever process', () => {
  const story = [connected(1_000), shown(1_020, 'online'), connected(4_000, 2, 1), disconnected(5_000)]
  expect(verdictOn(...story, shown(9_100, 'offline')).wrongOfflines).toHaveLength(1)
  expect(verdictOn(...story)).toMatchObject(right)
})

test('P3 an ended session waits for no grace', () => {
  const verdict = verdictOn(
    connected(1_000),
    shown(1_020, 'online'),
    [5_000, { type: 'ending', user: 'ann' }],
    shown(5_030, 'offline'),
    disconnected(5_040),
  )
  expect(verdict).toMatchObject(right)
})

test('P6 a frozen process holds nobody, and neither does one that is cut off alone', () => {
  for (const state of ['frozen', 'cut'] as const) {
    const story = [connected(1_000, 1, 1), shown(1_020, 'online'), process(5_000, state, 1)]
    expect(verdictOn(...story, shown(15_100, 'offline'))).toMatchObject(right)
    expect(verdictOn(...story).ghosts).toHaveLength(1)
  }
})

test('P7 the absence of Redis is nobody’s death, and stops the clock for who is gone', () => {
  const away = [connected(1_000), shown(1_020, 'online'), redis(5_000, 'away')]
  expect(verdictOn(...away, shown(40_000, 'offline')).wrongOfflines).toHaveLength(1)
  const gone = [...away, disconnected(6_000), redis(50_000, 'up')]
  expect(verdictOn(...gone, shown(61_000, 'offline'))).toMatchObject({ ...right, worstGhostMs: 11_000 })
  expect(verdictOn(...gone, shown(63_000, 'offline')).ghosts).toHaveLength(1)
})

test('P12 a ghost is one who is gone and shown online for longer than promised', () => {
  const story = [connected(1_000), shown(1_020, 'online'), disconnected(5_000)]
  expect(verdictOn(...story, shown(17_001, 'offline')).ghosts).toEqual([
    { observer: 'o', user: 'ann', at: 5_000, why: 'gone, and shown online for 12001 ms' },
  ])
  expect(verdictOn(...story).ghosts).toHaveLength(1)
})

test('P12 one who comes back as a ghost after he was shown offline is found too', () => {
  const story = [connected(1_000), shown(1_020, 'online'), disconnected(5_000), shown(9_000, 'offline')]
  expect(verdictOn(...story, shown(20_000, 'online')).ghosts).toHaveLength(1)
})

test('P12 who is there and never shown is missing', () => {
  expect(verdictOn(connected(1_000)).missing).toHaveLength(1)
  expect(verdictOn(connected(1_000), shown(12_000, 'online')).missing).toEqual([])
})

test('an observer who was not told all yet, or whose process is frozen, cannot know', () => {
  const gone = [connected(1_000), shown(1_020, 'online'), disconnected(5_000)]
  const unsettled = [...gone, observer(6_000, false), observer(50_000, true), shown(50_010, 'offline')]
  expect(verdictOn(...unsettled)).toMatchObject(right)
  const frozen = [...gone, process(6_000, 'frozen'), process(50_000, 'running'), shown(51_000, 'offline')]
  expect(verdictOn(...frozen)).toMatchObject(right)
})

test('P13 a process that is cut off shows its own', () => {
  const verdict = verdictOn(
    connected(1_000),
    shown(1_020, 'online'),
    process(5_000, 'cut'),
    process(60_000, 'running'),
  )
  expect(verdict).toMatchObject(right)
})

test('what was written down late, and when, is forgiven by so much', () => {
  const story: Timed[] = [
    connected(1_000),
    shown(1_020, 'online'),
    // It broke at 5.0 s.
    disconnected(6_000),
    shown(9_000, 'offline'),
  ]
  const lag = (at: number): Timed => [at, { type: 'lag', ms: 1_000 }]
  expect(verdictOn(...story).wrongOfflines).toHaveLength(1)
  expect(verdictOn(...story, lag(6_001)).wrongOfflines).toEqual([])
  expect(verdictOn(...story, lag(50_000)).wrongOfflines).toHaveLength(1)
})
