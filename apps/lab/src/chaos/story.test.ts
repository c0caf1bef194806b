import { expect, test } from 'vitest'

import type { LoggedEvent } from './event-log.ts'
import { storyOf } from './story.ts'

test('a story is what befell one user and the world, around a moment', () => {
  const events: LoggedEvent[] = [
    { at: 0, type: 'redis', state: 'up' },
    { at: 30_000, type: 'connected', user: 'ann', connection: 1, process: 0 },
    { at: 30_500, type: 'connected', user: 'bob', connection: 2, process: 0 },
    { at: 31_000, type: 'process', process: 0, state: 'dead' },
    { at: 31_500, type: 'disconnected', user: 'ann', connection: 1 },
    { at: 32_000, type: 'shown', observer: 'o', user: 'ann', status: 'offline' },
    { at: 40_000, type: 'redis', state: 'away' },
  ]
  expect(storyOf(events, 'ann', 32_000)).toBe(
    '-2.00 connected to 0 (1), -1.00 process 0 dead, -0.50 disconnected (1), 0.00 offline o',
  )
})
