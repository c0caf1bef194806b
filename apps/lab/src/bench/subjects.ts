import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { freePort } from '@rollcall/api/testing/services/redis-server'

import { type Dialect, plainDialect, rollcallDialect, socketIoDialect } from './load/dialects.ts'
import { PRODUCT, PRODUCT_FLAGS } from '../product.ts'
import { ServerProcess } from './server-process.ts'

export type SubjectName = 'Rollcall' | 'raw ws' | 'floor' | 'Socket.IO'

/** A program that tells who is online. */
export interface Subject {
  readonly name: SubjectName
  readonly dialect: Dialect
  /** How long somebody stays online after his last connection is gone, ms. */
  readonly graceMs: number
  readonly program: string
  /** For Node. */
  readonly flags: readonly string[]
}

export const subjects: Readonly<Record<SubjectName, Subject>> = {
  Rollcall: {
    name: 'Rollcall',
    dialect: rollcallDialect,
    graceMs: 1_000,
    program: PRODUCT,
    flags: PRODUCT_FLAGS,
  },
  'raw ws': {
    name: 'raw ws',
    dialect: plainDialect,
    graceMs: 0,
    program: fileURLToPath(new URL('peers/raw-ws.ts', import.meta.url)),
    flags: [],
  },
  floor: {
    name: 'floor',
    dialect: plainDialect,
    graceMs: 0,
    program: fileURLToPath(new URL('peers/floor.ts', import.meta.url)),
    flags: [],
  },
  'Socket.IO': {
    name: 'Socket.IO',
    dialect: socketIoDialect,
    graceMs: 0,
    program: fileURLToPath(new URL('peers/socket-io.ts', import.meta.url)),
    flags: [],
  },
}

export interface Surroundings {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly secret: string
}

/** @param port a free one where none is given */
export async function startSubject(
  { program, flags, graceMs }: Subject,
  { databaseUrl, redisUrl, secret }: Surroundings,
  port?: number,
): Promise<ServerProcess> {
  return ServerProcess.start({
    program,
    flags,
    port: port ?? (await freePort()),
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SESSION_SECRET: secret,
      OFFLINE_GRACE_MS: String(Math.max(graceMs, 100)),
      CONNECTIONS_PER_ADDRESS: '1000000',
      SIGNUPS_PER_MINUTE: '1000000',
      LOG_LEVEL: 'warn',
    },
  })
}

export const newSecret = () => randomBytes(32).toString('hex')
