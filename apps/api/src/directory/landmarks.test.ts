import { describe, expect, it, vi } from 'vitest'

import { Landmarks } from './landmarks.ts'

const log = { warn: vi.fn() }
const nobody = () => 0
const nameOf = (rank: number) => `name${String(rank).padStart(8, '0')}`

/** Names in a row, some of whom may be left out. */
function list(total: number) {
  const state = { names: Array.from({ length: total }, (_, rank) => nameOf(rank)), now: 0 }
  const survey = vi.fn((every: number) => {
    state.now += 10
    return Promise.resolve(state.names.filter((_, rank) => rank > 0 && rank % every === 0))
  })
  const landmarks = new Landmarks({ survey, now: () => state.now, log })
  /** Whom one finds there, walking from the landing. */
  const at = async (rank: number, isLeftOut: (name: string) => boolean = () => false) => {
    const leftOut = (key: string) => state.names.filter((name) => name <= key && isLeftOut(name)).length
    const { after, skip } = await landmarks.find(rank, state.names.length, leftOut)
    const rest = state.names.filter((name) => name > after && !isLeftOut(name))
    return { name: rest[skip], skip }
  }
  return { state, survey, at, landmarks }
}

describe('landmarks', () => {
  it('count from the start in a short list', async () => {
    const { landmarks, survey } = list(2000)
    expect(await landmarks.find(1999, 2000, nobody)).toEqual({ after: '', skip: 1999 })
    expect(await landmarks.find(1_000_000, 2000, nobody)).toEqual({ after: '', skip: 2000 })
    expect(survey).not.toHaveBeenCalled()
  })

  it('lead to every rank of a long one, by a short way', async () => {
    const { at } = list(50_000)
    for (const rank of [0, 1, 255, 256, 257, 511, 512, 25_000, 49_919, 49_920, 49_999]) {
      const { name, skip } = await at(rank)
      expect(name).toBe(nameOf(rank))
      expect(skip).toBeLessThanOrEqual(256)
    }
    expect((await at(50_000)).name).toBeUndefined()
  })

  it('count who is left out', async () => {
    const { at } = list(20_000)
    const isLeftOut = (name: string) => name < nameOf(10_000) && !name.endsWith('7')
    for (const rank of [0, 99, 500, 999, 1000, 5000, 10_999]) {
      const { name, skip } = await at(rank, isLeftOut)
      expect(name).toBe(rank < 1000 ? nameOf(rank * 10 + 7) : nameOf(rank + 9000))
      expect(skip).toBeLessThanOrEqual(256)
    }
  })

  it('are set once for all who ask first', async () => {
    const { landmarks, survey } = list(5000)
    await Promise.all([1, 2, 3].map((at) => landmarks.find(at, 5000, nobody)))
    expect(survey).toHaveBeenCalledTimes(1)
  })

  it('are set anew behind the back of who asks once the list has changed, but not all the time', async () => {
    const { at, state, survey } = list(10_000)
    await at(5000)
    state.names = state.names.slice(100)
    await at(5000)
    expect(survey).toHaveBeenCalledTimes(1)
    state.now += 2000
    const { name } = await at(5000)
    expect(Math.abs(Number(name?.slice(4)) - 5100)).toBeLessThanOrEqual(100)
    expect(survey).toHaveBeenCalledTimes(2)
    await vi.waitFor(async () => expect((await at(5000)).name).toBe(nameOf(5100)), { timeout: 15_000 })
    state.now += 2000
    await at(5000)
    expect(survey).toHaveBeenCalledTimes(2)
  })

  it('are set anew at once when the list is another', async () => {
    const { at, state, survey } = list(5000)
    await at(2500)
    state.names = Array.from({ length: 50_000 }, (_, rank) => nameOf(rank))
    expect((await at(40_000)).name).toBe(nameOf(40_000))
    expect(survey).toHaveBeenCalledTimes(2)
  })

  it('that are old are better than none', async () => {
    const { at, state, survey } = list(5000)
    await at(2500)
    survey.mockRejectedValueOnce(new Error('away'))
    state.names = state.names.slice(1)
    state.now += 2000
    expect((await at(2500)).name).toBeDefined()
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(1))
  })
})
