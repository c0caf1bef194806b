import type { Entry, Epoch, LogAnswer, Person, SnapshotAnswer } from '@rollcall/presence'

import { decodeEntry } from './redis-entry.ts'
import { Logged } from './redis-reply.ts'
import type { RedisSteps } from './redis-steps.ts'

/** Entries in one step. */
const LOG_PAGE = 200
/** Users in one command. */
const SCAN_STEP = 1_000

type LogPage =
  | { readonly result: 'lost' }
  | { readonly result: 'done'; readonly seq: number; readonly entries: readonly Entry[] }

/** Entries after a seq, read page by page; what is trimmed meanwhile makes it `short`. */
export async function readLog(steps: RedisSteps, epoch: Epoch, after: number): Promise<LogAnswer> {
  const entries: Entry[] = []
  for (let next = after + 1; ;) {
    const page = await readPage(steps, epoch, next - 1, LOG_PAGE)
    if (page.result === 'lost') return page
    for (const entry of page.entries) {
      // The first may hold `after` within it; behind it, each begins where the one before ended.
      if (entries.length === 0 ? entry.first > next : entry.first !== next) return { result: 'short' }
      entries.push(entry)
      next = entry.first + entry.changes.length
    }
    if (page.entries.length < LOG_PAGE) {
      return next === page.seq + 1 ? { result: 'done', entries } : { result: 'short' }
    }
  }
}

/** The seq first, then everybody in pieces: whoever comes or goes meanwhile is in the log after that seq. */
export async function readSnapshot(steps: RedisSteps, epoch: Epoch): Promise<SnapshotAnswer> {
  const before = await readPage(steps, epoch, 0, 0)
  if (before.result === 'lost') return before
  const online = new Map<string, Person>()
  const key = steps.keys.of(epoch).online
  let cursor = '0'
  do {
    const from = cursor
    const [next, flat] = await steps.ask((redis) => redis.hscan(key, from, 'COUNT', SCAN_STEP))
    for (let i = 0; i < flat.length; i += 2) {
      const [id = '', value = ''] = [flat[i], flat[i + 1]]
      online.set(id, { id, name: value.slice(value.indexOf('\n') + 1) })
    }
    cursor = next
  } while (cursor !== '0')
  // The keys of an epoch that is lost meanwhile are unlinked, and an empty hash says nothing.
  const after = await readPage(steps, epoch, 0, 0)
  if (after.result === 'lost') return after
  return { result: 'done', seq: before.seq, online: [...online.values()] }
}

async function readPage(steps: RedisSteps, epoch: Epoch, after: number, count: number): Promise<LogPage> {
  const keys = steps.keys.of(epoch)
  const answer = Logged.parse(
    await steps.run('log', [steps.keys.epoch, keys.seq, keys.log], [epoch, after, count]),
  )
  if (answer[0] === 'lost') return { result: 'lost' }
  return { result: 'done', seq: answer[1], entries: answer[2].map(decodeEntry) }
}
