import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'
import type { Logger } from 'pino'

import { judgeRedis, type RedisJudgement } from './redis-info.ts'
import { slotConnector, type ConnectionOptions } from './redis-slot-connector.ts'
import { RedisSubscriber } from './redis-subscriber.ts'
import type { RedisTarget } from './redis-url.ts'

export interface RedisLink {
  /** Rejects at once while the link is down: nothing is queued, nothing is sent twice. All keys begin with {@link prefix}. */
  readonly commands: Redis
  readonly subscriber: RedisSubscriber
  /** A hash tag: all keys that begin with it live in one slot of a Cluster. */
  readonly prefix: string
  /** How names of channels begin. Unlike keys they are one space over all databases, so that the database is part of it. */
  readonly channelPrefix: string
  isUp(): boolean
  close(): void
}

export interface RedisLinkOptions {
  readonly target: RedisTarget
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
  /** Sets several products, or tests, on one Redis apart. */
  readonly namespace?: string
  /** How long a command may take, ms. It may be executed later all the same. */
  readonly commandTimeoutMs?: number
}

const COMMAND_TIMEOUT_MS = 2_000
/** The longest pause between two attempts to connect. */
const RETRY_MS = 500

/**
 * Connects to Redis, and goes on trying for ever. Resolves when the link stands, or after the time of one command where it does not.
 * @throws Error when what answers cannot be used, with one line that names the variable and what is allowed.
 */
export async function openRedis(options: RedisLinkOptions): Promise<RedisLink> {
  const { target, log, namespace = 'rollcall', commandTimeoutMs = COMMAND_TIMEOUT_MS } = options
  const prefix = `{${namespace}}:`
  const redisOptions = connection(target, prefix, commandTimeoutMs)
  let lastError = 'no connection'
  let closing = false
  // Each command rejects by itself: this is for those who look into a link that does not come up.
  const failed = (error: Error): void => {
    lastError = error.message
    log.debug({ error: error.message }, 'Redis link')
  }
  const commands = open('commands', redisOptions, failed)
  const events = open('events', { ...redisOptions, autoResubscribe: false }, failed)
  const close = (): void => {
    closing = true
    commands.disconnect()
    events.disconnect()
  }

  // A failover that is heard of while a Sentinel is asked ends a connection for good (ioredis 6.0.0): it is begun anew.
  for (const redis of [commands, events])
    redis.on('end', () => {
      if (closing) return
      setTimeout(() => void (closing || redis.connect().catch(failed)), RETRY_MS)
    })

  let wasUp = false
  commands.on('close', () => {
    if (wasUp && !closing) log.warn(`Redis is away: ${lastError}`)
    wasUp = false
  })
  commands.on('ready', () => {
    wasUp = true
    log.info('Redis answers')
    judge(commands, target.kind).then(
      ({ fault, warning }) => {
        if (fault !== null) log.error(fault)
        if (warning !== null) log.warn(warning)
      },
      (error: unknown) => log.debug({ error }, 'Redis did not say which it is'),
    )
  })
  const subscriber = new RedisSubscriber({ redis: events, log })
  if (await isReady([commands, events], commandTimeoutMs)) {
    const { fault } = await judge(commands, target.kind).catch(() => ({ fault: null }))
    if (fault !== null) {
      close()
      throw new Error(fault)
    }
  } else {
    log.warn(`Redis does not answer yet: ${lastError}`)
  }
  return {
    commands,
    subscriber,
    prefix,
    channelPrefix: `${prefix}${target.db}:`,
    isUp: () => commands.status === 'ready',
    close,
  }
}

function connection(target: RedisTarget, prefix: string, commandTimeoutMs: number): ConnectionOptions {
  const tls = target.tls ? { tls: {} } : {}
  const common: ConnectionOptions = {
    ...tls,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    db: target.db,
    connectTimeout: commandTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A half-open link answers nothing and closes nothing.
    socketTimeout: commandTimeoutMs * 1.5,
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(25 * 2 ** Math.min(times, 10), RETRY_MS) * (0.5 + Math.random() / 2),
    // Another server has the say now: find it.
    reconnectOnError: (error) => hasNoSay(error),
  }
  switch (target.kind) {
    case 'single':
      return { ...common, ...target.address }
    case 'sentinel':
      return {
        ...common,
        sentinels: [...target.sentinels],
        name: target.group,
        failoverDetector: true,
        sentinelCommandTimeout: commandTimeoutMs,
        sentinelRetryStrategy: () => RETRY_MS,
        sentinelReconnectStrategy: () => 5_000,
      }
    case 'cluster': {
      const { Connector, isMove } = slotConnector({
        seeds: target.seeds,
        tls: target.tls,
        key: prefix,
        redis: common,
        retryMs: RETRY_MS / 2,
      })
      return { ...common, Connector, reconnectOnError: (error) => hasNoSay(error) || isMove(error) }
    }
  }
}

function hasNoSay(error: Error): boolean {
  return /^(READONLY|CLUSTERDOWN) /.test(error.message)
}

function open(name: string, options: ConnectionOptions, failed: (error: Error) => void): Redis {
  return new Redis({ ...options, connectionName: `rollcall-${name}` }).on('error', failed)
}

async function isReady(connections: readonly Redis[], withinMs: number): Promise<boolean> {
  const giveUp = new AbortController()
  const { signal } = giveUp
  const waits = connections.map(async (redis) => {
    while (redis.status !== 'ready' && !signal.aborted) {
      await once(redis, 'ready', { signal }).catch(() => {})
    }
  })
  await Promise.race([Promise.all(waits), sleep(withinMs, undefined, { signal }).catch(() => {})])
  giveUp.abort()
  return connections.every((redis) => redis.status === 'ready')
}

async function judge(redis: Redis, named: RedisTarget['kind']): Promise<RedisJudgement> {
  return judgeRedis(await redis.info(), named)
}
