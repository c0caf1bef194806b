import { afterEach, describe, expect, it, vi } from 'vitest'

import { HeadCount } from './head-count.ts'

const added = (id: string) => ({ op: 'added', id, name: id }) as const
const removed = (id: string) => ({ op: 'removed', id, name: id }) as const

/** A database whose answers come when they are let go. */
class SlowDatabase {
  total = 0
  readonly questions: PromiseWithResolvers<number>[] = []
  readonly ask = (): Promise<number> => {
    const question = Promise.withResolvers<number>()
    this.questions.push(question)
    return question.promise
  }
  answer(): void {
    this.questions.at(-1)?.resolve(this.total)
  }
}

describe('the head count', () => {
  const log = { warn: vi.fn() }
  let headCount: HeadCount | undefined

  afterEach(() => headCount?.stop())

  it('is not known until the database has answered once', async () => {
    const ask = vi.fn(() => Promise.resolve(7))
    ask.mockRejectedValueOnce(new Error('away'))
    headCount = new HeadCount({ ask, log })
    await headCount.start()
    expect(headCount.isKnown).toBe(false)
    await headCount.settle([])
    expect(headCount).toMatchObject({ isKnown: true, total: 7 })
  })

  it('contains a change once that is settled, and counts it once', async () => {
    let total = 10
    headCount = new HeadCount({ ask: () => Promise.resolve(total), log })
    await headCount.start()
    total = 11
    await headCount.settle([added('ann')])
    expect(headCount.total).toBe(11)
    await headCount.settle([added('ann')])
    expect(headCount.total).toBe(11)
  })

  it('does not take an answer that may be older than the change', async () => {
    const database = new SlowDatabase()
    headCount = new HeadCount({ ask: database.ask, log })
    const started = headCount.start()
    const settled = headCount.settle([added('ann')])
    database.answer()
    await started
    expect(headCount.total).toBe(0)
    database.total = 1
    await vi.waitFor(() => expect(database.questions).toHaveLength(2))
    database.answer()
    await settled
    expect(headCount.total).toBe(1)
  })

  it('asks once for all who come while it is asking', async () => {
    const database = new SlowDatabase()
    const count = new HeadCount({ ask: database.ask, log })
    const all = [count.read(), ...Array.from({ length: 50 }, () => count.settle([added('ann')]))]
    database.answer()
    await vi.waitFor(() => expect(database.questions).toHaveLength(2))
    database.answer()
    await Promise.all(all)
    expect(database.questions).toHaveLength(2)
  })

  it('goes by the changes while the database is away or silent, and is right again afterwards', async () => {
    let answer = () => Promise.resolve(10)
    headCount = new HeadCount({ ask: () => answer(), patienceMs: 20, log })
    await headCount.start()
    answer = () => Promise.reject(new Error('away'))
    await headCount.settle([added('ann'), added('bob'), removed('cid')])
    expect(headCount.total).toBe(11)
    const silent = Promise.withResolvers<number>()
    answer = () => silent.promise
    await headCount.settle([removed('ann'), removed('bob')])
    expect(headCount.total).toBe(9)
    silent.resolve(8)
    answer = () => Promise.resolve(8)
    await headCount.settle([])
    expect(headCount.total).toBe(8)
  })

  it('asks now and then where nothing is told', async () => {
    let total = 1
    headCount = new HeadCount({ ask: () => Promise.resolve(total), everyMs: 5, log })
    await headCount.start()
    total = 100_001
    await vi.waitFor(() => expect(headCount?.total).toBe(100_001), { timeout: 15_000 })
  })
})
