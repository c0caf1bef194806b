import type { SessionId } from '@rollcall/presence'
import type { Logger } from 'pino'
import { z } from 'zod'

import type { RedisLink } from '../platform/redis.ts'
import type { ConnectionCounter } from './connection-counter.ts'

export interface RedisConnectionCounterOptions {
  readonly link: RedisLink
  /** A random id of this process. */
  readonly id: string
  /** How many websockets a session has here. */
  readonly connectionsOf: (session: SessionId) => number
  /** How many processes have a standing lease, this one included. */
  readonly members: () => number
  readonly log: Pick<Logger, 'debug'>
  /** How long the others have to answer, ms. */
  readonly timeoutMs?: number
}

const Question = z.object({
  question: z.string(),
  from: z.string(),
  sessions: z.array(z.string()).readonly(),
})
const Reply = z.object({
  question: z.string(),
  from: z.string(),
  counts: z.record(z.string(), z.int().positive()),
})

/** A question under way, and what has been answered to it. */
interface Poll {
  readonly counts: Map<SessionId, number>
  readonly answered: Set<string>
  /** With how many answers there is nothing to wait for any more: unknown until the question is out. */
  expected: number
  finish(all: boolean): void
}

/** Asks all processes over published messages, this one too, and adds up. */
export class RedisConnectionCounter implements ConnectionCounter {
  readonly #options: Required<RedisConnectionCounterOptions>
  readonly #questions: string
  readonly #polls = new Map<string, Poll>()
  #asked = 0

  constructor(options: RedisConnectionCounterOptions) {
    this.#options = { timeoutMs: 500, ...options }
    const { subscriber, channelPrefix } = options.link
    this.#questions = `${channelPrefix}connections`
    const standing = { subscribed: () => {}, unsubscribed: () => {} }
    subscriber.listen(this.#questions, { ...standing, message: (text) => this.#answer(text) })
    subscriber.listen(this.#repliesTo(options.id), { ...standing, message: (text) => this.#count(text) })
  }

  async count(sessions: readonly SessionId[]): Promise<ReadonlyMap<SessionId, number> | null> {
    const { id, timeoutMs, members } = this.#options
    const question = `${id}.${++this.#asked}`
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const poll: Poll = {
      counts: new Map(sessions.map((session) => [session, 0])),
      answered: new Set(),
      expected: Number.POSITIVE_INFINITY,
      finish: resolve,
    }
    this.#polls.set(question, poll)
    // Who has a lease must have answered; who has none may be gone although Redis has not noticed.
    const timer = setTimeout(() => resolve(poll.answered.size >= members()), timeoutMs)
    try {
      const receivers = this.#publish(this.#questions, { question, from: id, sessions })
      receivers.then(
        (heard) => {
          poll.expected = Math.max(heard, members())
          settle(poll)
        },
        () => resolve(false),
      )
      return (await promise) ? poll.counts : null
    } finally {
      clearTimeout(timer)
      this.#polls.delete(question)
    }
  }

  async close(): Promise<void> {
    const { subscriber } = this.#options.link
    for (const poll of this.#polls.values()) poll.finish(false)
    await Promise.all([
      subscriber.ignore(this.#questions),
      subscriber.ignore(this.#repliesTo(this.#options.id)),
    ])
  }

  #answer(text: string): void {
    const asked = parse(Question, text)
    if (asked === null) return
    const counts: Record<string, number> = {}
    for (const session of asked.sessions) {
      const count = this.#options.connectionsOf(session)
      if (count > 0) counts[session] = count
    }
    this.#publish(this.#repliesTo(asked.from), {
      question: asked.question,
      from: this.#options.id,
      counts,
    }).catch((error: unknown) =>
      this.#options.log.debug({ error }, 'A question about connections stays unanswered'),
    )
  }

  #count(text: string): void {
    const reply = parse(Reply, text)
    const poll = reply === null ? undefined : this.#polls.get(reply.question)
    if (reply === null || poll === undefined || poll.answered.has(reply.from)) return
    poll.answered.add(reply.from)
    for (const [session, count] of Object.entries(reply.counts)) {
      poll.counts.set(session, (poll.counts.get(session) ?? 0) + count)
    }
    settle(poll)
  }

  async #publish(
    channel: string,
    message: z.infer<typeof Question> | z.infer<typeof Reply>,
  ): Promise<number> {
    return this.#options.link.commands.publish(channel, JSON.stringify(message))
  }

  #repliesTo(id: string): string {
    return `${this.#questions}:${id}`
  }
}

function settle(poll: Poll): void {
  if (poll.answered.size >= poll.expected) poll.finish(true)
}

/** Whatever else is published on our channels is not ours. */
function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
