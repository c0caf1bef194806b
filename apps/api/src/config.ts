import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

import { databaseUrl, redisUrl } from './platform/service-urls.ts'
import {
  type Check,
  headerToken,
  listenHost,
  oneOf,
  origins,
  sessionSecret,
  text,
  trustedProxies,
  whole,
} from './platform/variable-checks.ts'

/** The folder that relative paths begin in, and where `.env` is. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

const milliseconds = whole(100, 3_600_000)
const rate = whole(1, 10_000_000)
const days = whole(1, 36_500)

/** All that the environment says, checked. What was not said and has no default is null. */
export type Config = ReturnType<typeof readAll>

export type ConfigAnswer =
  | { readonly ok: true; readonly config: Config }
  /** One line a fault, each naming the variable, the value and what is allowed. */
  | { readonly ok: false; readonly faults: readonly string[] }

/** What a process was told, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process over those of `.env` in the root, where there is one. */
export function readEnvironment(file = resolve(ROOT, '.env')): Environment {
  return { ...readDotEnv(file), ...process.env }
}

/** An empty value is as if it were not there. */
export function readConfig(env: Environment): ConfigAnswer {
  const faults: string[] = []
  const config = readAll(new Reader(env, faults))
  if (config.databaseUrl !== null && !env['SESSION_SECRET']?.trim()) {
    faults.push(
      `SESSION_SECRET is missing. With DATABASE_URL it is required, the same for all processes: ${sessionSecret.allowed}.`,
    )
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config }
}

function readAll(reader: Reader) {
  return {
    port: reader.read('PORT', '3000', whole(0, 65_535)),
    host: reader.read('HOST', '127.0.0.1', listenHost),
    databaseUrl: reader.readOptional('DATABASE_URL', databaseUrl),
    redis: reader.readOptional('REDIS_URL', redisUrl),
    /** Absolute. */
    dataDir: resolve(ROOT, reader.read('DATA_DIR', '.data', text)),
    sessionSecret: reader.readOptional('SESSION_SECRET', sessionSecret),
    /** Null: any origin whose host and port are those of the request. */
    publicOrigins: reader.readOptional('PUBLIC_ORIGIN', origins),
    /** Addresses, ranges and the three names; empty where nobody is believed. */
    trustProxy: reader.read('TRUST_PROXY', 'false', trustedProxies),
    graceMs: reader.read('OFFLINE_GRACE_MS', '4000', milliseconds),
    leaseMs: reader.read('NODE_LEASE_MS', '6000', milliseconds),
    heartbeatMs: reader.read('HEARTBEAT_MS', '10000', milliseconds),
    signupsPerMinute: reader.read('SIGNUPS_PER_MINUTE', '20', rate),
    loginFailuresPerMinute: reader.read('LOGIN_FAILURES_PER_MINUTE', '10', rate),
    connectionsPerUser: reader.read('CONNECTIONS_PER_USER', '50', rate),
    connectionsPerAddress: reader.read('CONNECTIONS_PER_ADDRESS', '20000', rate),
    messagesPerSecond: reader.read('MESSAGES_PER_SECOND', '20', rate),
    sessionIdleDays: reader.read('SESSION_IDLE_DAYS', '14', days),
    sessionMaxDays: reader.read('SESSION_MAX_DAYS', '90', days),
    metricsToken: reader.readOptional('METRICS_TOKEN', headerToken),
    logLevel: reader.read(
      'LOG_LEVEL',
      'info',
      oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    ),
    /** Set by `pnpm dev`: leave at once at a signal. */
    dev: reader.read('ROLLCALL_DEV', '0', oneOf('0', '1')) === '1',
  }
}

class Reader {
  readonly #env: Environment
  readonly #faults: string[]

  constructor(env: Environment, faults: string[]) {
    this.#env = env
    this.#faults = faults
  }

  /** The value or, where it is at fault, the default's. */
  read<T>(name: string, byDefault: string, check: Check<T>): T {
    const value = this.readOptional(name, check) ?? check.read(byDefault)
    if (value === undefined) throw new Error(`The default of ${name} is not allowed.`)
    return value
  }

  readOptional<T>(name: string, check: Check<T>): T | null {
    const given = this.#env[name]?.trim()
    if (given === undefined || given === '') return null
    const value = check.read(given)
    if (value !== undefined) return value
    const shown = check.show?.(given) ?? JSON.stringify(given)
    const why = check.explain?.(given) ?? `it is not allowed. Allowed: ${check.allowed}`
    this.#faults.push(`${name}=${shown}: ${why}.`)
    return null
  }
}

function readDotEnv(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}
