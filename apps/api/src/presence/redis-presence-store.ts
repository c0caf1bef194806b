import {
  StoreUnavailable,
  type Batch,
  type BatchAnswer,
  type Beat,
  type BeatAnswer,
  type Entry,
  type Epoch,
  type Incarnation,
  type LogAnswer,
  type PresenceStore,
  type ReleaseAnswer,
  type SnapshotAnswer,
  type StoreListener,
} from '@rollcall/presence'
import type { Logger } from 'pino'
import { z } from 'zod'

import type { RedisLink } from '../platform/redis.ts'
import { decodeEntry, encodeNotice } from './redis-entry.ts'
import { readLog, readSnapshot } from './redis-presence-reads.ts'
import { Applied, Beaten, Released, decodeNullable } from './redis-reply.ts'
import { RedisSteps } from './redis-steps.ts'

export interface RedisPresenceStoreOptions {
  /** Closed by whoever opened it. */
  readonly link: RedisLink
  readonly newId: () => string
  readonly log: Pick<Logger, 'debug' | 'warn'>
  /** How many entries, and how many changes in all, the log keeps at least. */
  readonly logEntries?: number
  readonly logChanges?: number
  /** How long `subscribe` waits, ms. */
  readonly subscribeMs?: number
}

/** How a probe begins; an entry is JSON. */
const PROBE = 'probe '
const RELEASE_STEP = 1_000
/** How long an incarnation that ended is remembered, ms. */
const REMEMBER_MS = 3_600_000

/** Where processes meet in Redis: each step is one script of `lua/`, and `MemoryPresenceStore` says what it does. */
export class RedisPresenceStore implements PresenceStore {
  readonly #options: Required<RedisPresenceStoreOptions>
  readonly #steps: RedisSteps
  readonly #channel: string
  readonly #listeners = new Set<StoreListener>()
  #listening = false
  #stands = false
  #members = 0

  constructor(options: RedisPresenceStoreOptions) {
    this.#options = { logEntries: 10_000, logChanges: 100_000, subscribeMs: 2_000, ...options }
    this.#steps = new RedisSteps(options.link)
    this.#channel = `${options.link.channelPrefix}entries`
  }

  /** How many incarnations had a standing lease at the last beat from here. */
  get members(): number {
    return this.#members
  }

  /**
   * Rejects where the subscription does not stand in time; it will, all the same, and `subscribed` says when. Called again for the same
   * listener, because nothing seems to arrive, it begins the connection anew.
   */
  async subscribe(listener: StoreListener): Promise<void> {
    const { subscriber } = this.#options.link
    if (!this.#listening) {
      this.#listening = true
      this.#listeners.add(listener)
      subscriber.listen(this.#channel, {
        message: (text) => this.#message(text),
        subscribed: () => this.#subscribed(true),
        unsubscribed: () => this.#subscribed(false),
      })
    } else if (this.#listeners.has(listener)) {
      subscriber.reconnect()
    } else {
      this.#listeners.add(listener)
      if (this.#stands) listener.subscribed()
    }
    if (await subscriber.stands(this.#channel, this.#options.subscribeMs)) return
    throw new StoreUnavailable('The subscription does not stand yet')
  }

  async epoch(): Promise<Epoch | null> {
    return z
      .string()
      .nullable()
      .parse(await this.#steps.run('epoch', [this.#steps.keys.epoch], []))
  }

  async begin(lost: Epoch | null): Promise<Epoch> {
    const fresh = this.#options.newId()
    const keys = [this.#steps.keys.epoch, this.#steps.keys.past, this.#steps.keys.of(fresh).beats]
    const stands = z.string().parse(await this.#steps.run('begin', keys, [lost ?? '', fresh]))
    // Nobody waits for the old keys to go; whoever finds the epoch begun sees to it, so that one failure leaves nothing behind.
    void this.#unlinkPast(stands).catch((error: unknown) => this.#options.log.debug({ error }))
    return stands
  }

  async apply(batch: Batch): Promise<BatchAnswer> {
    const { epoch, incarnation, number, notices } = batch
    const keys = this.#steps.keys.of(epoch)
    // The script reads many users at once, and would take one named twice for two.
    const holds = [...new Map(batch.holds.map(({ id, name }) => [id, name]))]
    const releases = [...new Set(batch.releases)]
    const answer = Applied.parse(
      await this.#steps.run(
        'apply',
        [
          this.#steps.keys.epoch,
          keys.members,
          keys.dead,
          keys.beats,
          keys.numbers,
          keys.seq,
          keys.online,
          keys.log,
          keys.heldBy(incarnation),
        ],
        [
          epoch,
          incarnation,
          number,
          ...this.#writing(),
          holds.length,
          releases.length,
          ...holds.flat(),
          ...releases,
          ...notices.flatMap(encodeNotice),
        ],
      ),
    )
    return answer[0] === 'done' ? { result: 'done', entry: decodeNullable(answer[1]) } : { result: answer[0] }
  }

  async beat(beat: Beat): Promise<BeatAnswer> {
    const { epoch, incarnation, joins, leaseMs, graceMs } = beat
    const keys = this.#steps.keys.of(epoch)
    const answer = Beaten.parse(
      await this.#steps.run(
        'beat',
        [
          this.#steps.keys.epoch,
          keys.members,
          keys.dead,
          keys.gone,
          keys.beats,
          keys.numbers,
          keys.seq,
          keys.online,
          keys.heldBy(incarnation),
        ],
        [epoch, incarnation, joins ? 1 : 0, leaseMs, graceMs, REMEMBER_MS],
      ),
    )
    if (answer[0] !== 'beating') return { result: answer[0] }
    const [result, seq, online, number, held, settled, members, at, due] = answer
    this.#members = members
    return { result, seq, online, number, held, settled: settled === 1, members, at, due }
  }

  async release(epoch: Epoch, incarnation: Incarnation): Promise<ReleaseAnswer> {
    const keys = this.#steps.keys.of(epoch)
    const answer = Released.parse(
      await this.#steps.run(
        'release',
        [
          this.#steps.keys.epoch,
          keys.dead,
          keys.gone,
          keys.beats,
          keys.numbers,
          keys.seq,
          keys.online,
          keys.log,
          keys.heldBy(incarnation),
        ],
        [epoch, incarnation, RELEASE_STEP, ...this.#writing()],
      ),
    )
    if (answer[0] === 'lost') return { result: 'lost' }
    return { result: 'done', entry: decodeNullable(answer[1]), more: answer[2] === 1 }
  }

  async leave(epoch: Epoch, incarnation: Incarnation): Promise<void> {
    const keys = this.#steps.keys.of(epoch)
    await this.#steps.run(
      'leave',
      [this.#steps.keys.epoch, keys.members, keys.dead, keys.gone, keys.numbers, keys.heldBy(incarnation)],
      [epoch, incarnation],
    )
  }

  async log(epoch: Epoch, after: number): Promise<LogAnswer> {
    return readLog(this.#steps, epoch, after)
  }

  async snapshot(epoch: Epoch): Promise<SnapshotAnswer> {
    return readSnapshot(this.#steps, epoch)
  }

  async probe(token: string): Promise<void> {
    await this.#steps.ask((redis) => redis.publish(this.#channel, PROBE + token))
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    if (!this.#listening) return
    this.#listening = false
    await this.#options.link.subscriber.ignore(this.#channel)
  }

  #subscribed(stands: boolean): void {
    this.#stands = stands
    for (const listener of this.#listeners) {
      if (stands) listener.subscribed()
      else listener.unsubscribed()
    }
  }

  #message(text: string): void {
    if (text.startsWith(PROBE)) {
      const token = text.slice(PROBE.length)
      for (const listener of this.#listeners) listener.probe(token)
      return
    }
    const entry = this.#decode(text)
    if (entry !== null) for (const listener of this.#listeners) listener.entry(entry)
  }

  /** Whatever else is published on our channel is not ours, and a missing entry is noticed by its number. */
  #decode(text: string): Entry | null {
    try {
      return decodeEntry(text)
    } catch (error) {
      this.#options.log.warn({ error }, 'Redis published what is no entry')
      return null
    }
  }

  async #unlinkPast(standing: Epoch): Promise<void> {
    const redis = this.#options.link.commands
    for (const epoch of await redis.smembers(this.#steps.keys.past)) {
      if (epoch === standing) continue
      const { heldBy, ...keys } = this.#steps.keys.of(epoch)
      const members = await redis.zunion(2, keys.members, keys.dead)
      await redis.unlink(...Object.values(keys), ...members.map((member) => heldBy(member)))
      await redis.srem(this.#steps.keys.past, epoch)
    }
  }

  #writing(): (string | number)[] {
    return [this.#channel, this.#options.logEntries, this.#options.logChanges]
  }
}
