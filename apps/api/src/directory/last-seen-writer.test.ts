import { describe, expect, it, vi } from 'vitest'

import { LastSeenWriter, type Seen } from './last-seen-writer.ts'

function writing(options: { everyMs?: number; batch?: number; most?: number } = {}) {
  const batches: (readonly Seen[])[] = []
  const write = vi.fn((seen: readonly Seen[]) => {
    batches.push(seen)
    return Promise.resolve()
  })
  const log = { warn: vi.fn() }
  return { batches, write, log, writer: new LastSeenWriter({ write, log, everyMs: 1, ...options }) }
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 2 })

describe('writing last seen', () => {
  it('writes the latest time a user, all in one batch, in the order of ids', async () => {
    const { writer, batches } = writing()
    writer.add([
      { id: 'b', at: 5 },
      { id: 'a', at: 2 },
    ])
    writer.add([
      { id: 'b', at: 4 },
      { id: 'a', at: 3 },
    ])
    await eventually(() =>
      expect(batches).toEqual([
        [
          { id: 'a', at: 3 },
          { id: 'b', at: 5 },
        ],
      ]),
    )
    writer.add([{ id: 'c', at: 6 }])
    await eventually(() => expect(batches[1]).toEqual([{ id: 'c', at: 6 }]))
  })

  it('names no more users in a batch than it may', async () => {
    const { writer, batches } = writing({ batch: 1000 })
    writer.add(Array.from({ length: 2500 }, (_, n) => ({ id: `${n}`, at: n })))
    await eventually(() => expect(batches.map(({ length }) => length)).toEqual([1000, 1000, 500]))
  })

  it('keeps what could not be written, under what came since, and complains once', async () => {
    const { writer, batches, write, log } = writing()
    write.mockImplementation(() => Promise.reject(new Error('away')))
    writer.add([
      { id: 'a', at: 1 },
      { id: 'b', at: 1 },
    ])
    await eventually(() => expect(write.mock.calls.length).toBeGreaterThanOrEqual(2))
    writer.add([{ id: 'a', at: 2 }])
    write.mockImplementation((seen) => {
      batches.push(seen)
      return Promise.resolve()
    })
    await eventually(() =>
      expect(batches).toEqual([
        [
          { id: 'a', at: 2 },
          { id: 'b', at: 1 },
        ],
      ]),
    )
    expect(log.warn).toHaveBeenCalledTimes(1)
  })

  it('keeps no more than it may: the longest kept give way', async () => {
    const { writer, batches } = writing({ everyMs: 60_000, most: 2 })
    writer.add(['a', 'b', 'a', 'c'].map((id, at) => ({ id, at })))
    await writer.stop()
    expect(batches).toEqual([
      [
        { id: 'a', at: 2 },
        { id: 'c', at: 3 },
      ],
    ])
  })

  it('writes what is left when it stops, behind what is being written', async () => {
    const { writer, batches, write } = writing()
    const slow = Promise.withResolvers<void>()
    write.mockImplementationOnce((seen) => slow.promise.then(() => void batches.push(seen)))
    writer.add([{ id: 'a', at: 1 }])
    await eventually(() => expect(write).toHaveBeenCalledTimes(1))
    writer.add([{ id: 'a', at: 2 }])
    const stopped = writer.stop()
    slow.resolve()
    await stopped
    expect(batches).toEqual([[{ id: 'a', at: 1 }], [{ id: 'a', at: 2 }]])
  })

  it('stops also while the database is away', async () => {
    const { writer, write } = writing({ everyMs: 60_000 })
    write.mockRejectedValue(new Error('away'))
    writer.add([{ id: 'a', at: 1 }])
    await writer.stop()
    expect(write).toHaveBeenCalledTimes(1)
  })
})
