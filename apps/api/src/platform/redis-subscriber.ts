import type { Redis } from 'ioredis'
import type { Logger } from 'pino'

export interface ChannelListener {
  message(text: string): void
  /** The subscription stands: what is published from here on arrives. */
  subscribed(): void
  /** It broke: what is published until `subscribed` is missing. */
  unsubscribed(): void
}

interface Subscription {
  readonly listener: ChannelListener
  stands: boolean
  /** Called when it stands. */
  waiting: (() => void)[]
}

/** The connection on which published messages arrive. It reconnects by itself; what was published meanwhile is lost. */
export class RedisSubscriber {
  readonly #redis: Redis
  readonly #log: Pick<Logger, 'debug'>
  readonly #channels = new Map<string, Subscription>()

  /** `redis` is a connection of its own, with `autoResubscribe` and the offline queue switched off. */
  constructor({ redis, log }: { redis: Redis; log: Pick<Logger, 'debug'> }) {
    this.#redis = redis
    this.#log = log
    redis.on('ready', () => {
      for (const channel of this.#channels.keys()) void this.#stand(channel)
    })
    redis.on('close', () => this.#broken())
    redis.on('message', (channel: string, text: string) =>
      this.#channels.get(channel)?.listener.message(text),
    )
  }

  /** Listens to a channel from now on, one listener each; {@link stands} says when what is published there arrives. */
  listen(channel: string, listener: ChannelListener): void {
    this.#channels.set(channel, { listener, stands: false, waiting: [] })
    if (this.#redis.status === 'ready') void this.#stand(channel)
  }

  /** Resolves to whether the subscription stands, at the latest after `withinMs`. */
  async stands(channel: string, withinMs: number): Promise<boolean> {
    const subscription = this.#channels.get(channel)
    if (subscription === undefined || subscription.stands) return subscription !== undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    subscription.waiting.push(resolve)
    const timer = setTimeout(resolve, withinMs)
    await promise
    clearTimeout(timer)
    return subscription.stands
  }

  async ignore(channel: string): Promise<void> {
    if (!this.#channels.delete(channel) || this.#redis.status !== 'ready') return
    await this.#redis
      .unsubscribe(channel)
      .catch((error: unknown) => this.#log.debug({ error }, 'unsubscribe'))
  }

  /** The link seems deaf though nothing closed it: begins it anew. */
  reconnect(): void {
    this.#broken()
    if (this.#redis.status === 'ready') this.#redis.disconnect(true)
  }

  async #stand(channel: string): Promise<void> {
    try {
      await this.#redis.subscribe(channel)
    } catch (error) {
      this.#log.debug({ error }, 'subscribe')
      if (this.#redis.status === 'ready') this.#redis.disconnect(true)
      return
    }
    const subscription = this.#channels.get(channel)
    if (subscription === undefined || subscription.stands || this.#redis.status !== 'ready') return
    subscription.stands = true
    for (const resolve of subscription.waiting.splice(0)) resolve()
    subscription.listener.subscribed()
  }

  #broken(): void {
    for (const subscription of this.#channels.values()) {
      if (!subscription.stands) continue
      subscription.stands = false
      subscription.listener.unsubscribed()
    }
  }
}
