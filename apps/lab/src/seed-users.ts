import { randomBytes } from 'node:crypto'

import { MadeUpUsersRepository } from '@rollcall/api'
import type { Database } from '@rollcall/api'

import { type MadeUpName, madeUpNames } from './names.ts'

/** How many are added in one statement: sign-ups wait for it, since both change the number of accounts. */
const IN_A_STATEMENT = 1000

interface SeedOptions {
  /** How many to add. */
  readonly users: number
  /** Gives numbers from 0 up to 1. */
  readonly random: () => number
  /** Ends it early; what was added stays. */
  readonly stop?: AbortSignal
  /** Told how many were added so far. */
  readonly onProgress?: (added: number) => void
}

/** Adds made-up users, whatever names are taken already, and answers how many it added and how many accounts there are now. */
export async function seedUsers(
  { db }: Pick<Database, 'db'>,
  { users, random, stop, onProgress }: SeedOptions,
): Promise<{ added: number; total: number }> {
  const repository = new MadeUpUsersRepository(db)
  const names = madeUpNames(random)
  let added = 0
  while (added < users) {
    // One statement after the other: beside the running product a seed is a guest.
    // oxlint-disable-next-line no-await-in-loop
    added += await repository.add(withIds(take(names, Math.min(IN_A_STATEMENT, users - added))))
    onProgress?.(added)
    if (stop?.aborted === true) break
  }
  await repository.tidy()
  return { added, total: await repository.total() }
}

function take(names: Iterator<MadeUpName, never>, count: number): MadeUpName[] {
  return Array.from({ length: count }, () => names.next().value)
}

/** Ids as accounts have them: 12 random bytes. */
function withIds(names: readonly MadeUpName[]) {
  const bytes = randomBytes(names.length * 12)
  return names.map((name, index) => ({
    ...name,
    id: bytes.toString('base64url', index * 12, index * 12 + 12),
  }))
}
