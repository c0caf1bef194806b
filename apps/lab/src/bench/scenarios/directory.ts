import { UsersAnswer } from '@rollcall/protocol'

import { Services } from '../../chaos/services.ts'
import { seededRandom } from '../../names.ts'
import type { Scenario } from '../result.ts'
import { DirectoryHouse } from '../directory-house.ts'
import { type DirectoryRow, directoryResult } from '../directory-result.ts'

interface Asker {
  readonly house: DirectoryHouse
  readonly random: () => number
  /** Cursors from all over the list. */
  readonly cursors: readonly string[]
}

const kinds: Record<string, (asker: Asker) => string> = {
  'session, for comparison': () => '/api/auth/session',
  'first page': () => '/api/users',
  'deep page': (asker) => `/api/users?cursor=${pick(asker.cursors, asker.random)}`,
  'page at a rank': ({ house, random }) => `/api/users?at=${Math.floor(random() * house.accounts)}`,
  'search, 3 letters': (asker) => `/api/users?q=${part(asker, 3)}`,
  'search, 3 letters, deep': (asker) =>
    `/api/users?q=${part(asker, 3)}&cursor=${pick(asker.cursors, asker.random)}`,
  'search, 5 letters': (asker) => `/api/users?q=${part(asker, 5)}`,
  'search, whole name': ({ house, random }) =>
    `/api/users?q=${encodeURIComponent(pick(house.names, random))}`,
  'search, 2 letters': (asker) => `/api/users?q=${part(asker, 2)}`,
  online: () => '/api/users?status=online',
  offline: () => '/api/users?status=offline',
  'offline, deep': (asker) => `/api/users?status=offline&cursor=${pick(asker.cursors, asker.random)}`,
  'search, 3 letters, offline': (asker) => `/api/users?status=offline&q=${part(asker, 3)}`,
  'one user': ({ house, random }) => `/api/users/${pick(house.ids, random)}`,
}

/** Pages of the directory among few and many accounts, all of them at the same time, so that whatever else happens on the machine meets all. */
export const directory: Scenario = {
  name: 'directory',
  run: async ({ quick }) => {
    const sizes = quick ? [100, 10_000] : [100, 10_000, 100_000, 1_000_000]
    return directoryResult(await measureAll(sizes, quick ? 100 : 500))
  },
}

async function measureAll(sizes: readonly number[], times: number): Promise<DirectoryRow[]> {
  const services = await Services.start()
  const askers: Asker[] = []
  try {
    for (const [index, accounts] of sizes.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      askers.push(await enter(await services.createDatabase(), accounts, index))
    }
    const rows: DirectoryRow[] = []
    for (const request of Object.keys(kinds)) {
      // oxlint-disable-next-line no-await-in-loop
      rows.push(...(await measure(askers, request, times)))
    }
    return rows
  } finally {
    await Promise.all(askers.map(({ house }) => house.close()))
    await services.stop()
  }
}

async function enter(url: string, accounts: number, index: number): Promise<Asker> {
  const house = await DirectoryHouse.open(url, accounts, index)
  const random = seededRandom(index + 1)
  const cursors: string[] = []
  while (cursors.length < 50) {
    const at = Math.floor(random() * (accounts - 51))
    // oxlint-disable-next-line no-await-in-loop
    const { body } = await house.ask(`/api/users?at=${at}&limit=1`)
    const { nextCursor } = UsersAnswer.parse(JSON.parse(body))
    if (nextCursor !== null) cursors.push(nextCursor)
  }
  return { house, random, cursors }
}

async function measure(askers: readonly Asker[], request: string, times: number): Promise<DirectoryRow[]> {
  const pathOf = kinds[request] ?? (() => '')
  const warm = Math.ceil(times / 5)
  const before = await Promise.all(askers.map(({ house }) => house.pagesTouched()))
  const took: number[][] = askers.map(() => [])
  for (let turn = 0; turn < warm + times; turn++) {
    for (const [index, asker] of askers.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      const { ms } = await asker.house.ask(pathOf(asker))
      if (turn >= warm) took[index]?.push(ms)
    }
  }
  const after = await Promise.all(askers.map(({ house }) => house.pagesTouched()))
  return askers.map(({ house }, index) => {
    const sorted = (took[index] ?? []).toSorted((a, b) => a - b)
    return {
      accounts: house.accounts,
      request,
      p50: sorted[Math.floor(times / 2)] ?? NaN,
      p99: sorted[Math.floor(times * 0.99)] ?? NaN,
      pages: ((after[index] ?? NaN) - (before[index] ?? NaN)) / (warm + times),
    }
  })
}

/** So many letters from somewhere in the name of somebody. */
function part({ house, random }: Asker, letters: number): string {
  for (;;) {
    const name = Array.from(pick(house.names, random))
    const at = Math.floor(random() * (name.length - letters + 1))
    if (name.length >= letters) return encodeURIComponent(name.slice(at, at + letters).join(''))
  }
}

function pick(from: readonly string[], random: () => number): string {
  return from[Math.floor(random() * from.length)] ?? ''
}
