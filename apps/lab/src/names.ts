import { foldName } from '@rollcall/protocol'

import { type People, peoples } from './names-of-peoples.ts'

export interface MadeUpName {
  readonly username: string
  /** The folded name. */
  readonly key: string
}

/** The longest name an account may have, in code points. */
const LONGEST = 32

/**
 * Plausible usernames of many scripts that fit the rules for usernames, no two with the same key; never ends.
 * @param random gives numbers from 0 up to 1: the same ones give the same names
 */
export function* madeUpNames(random: () => number): Generator<MadeUpName, never> {
  const taken = new Set<string>()
  for (;;) {
    const people = choose(peoples, random)
    const name = people.style === 'joined' ? joined(people, random) : spaced(people, random)
    let username = random() < people.numbered ? name + yearOrNumber(random) : name
    let key = foldName(username)
    for (let digits = 2; taken.has(key); digits++) {
      username = name + Math.floor(random() * 10 ** Math.min(digits, 8))
      key = foldName(username)
    }
    if (Array.from(key).length > LONGEST) continue
    taken.add(key)
    yield { username, key }
  }
}

/** A small generator of numbers from 0 up to 1 that begins anew with the same seed: a linear congruence, its high bits only. */
export function seededRandom(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn
    return Number(state >> 33n) / 2 ** 31
  }
}

function joined({ given, family }: People, random: () => number): string {
  return pick(family, random) + pick(given, random)
}

function spaced({ given, family }: People, random: () => number): string {
  const first = pick(given, random)
  const last = pick(family, random)
  const separator = pick(['.', '_', '-', ''], random)
  const form = random()
  if (form < 0.45) return first + separator + last
  if (form < 0.65) return (first + separator + last).toLowerCase()
  if (form < 0.8) return last + separator + first
  if (form < 0.9) return initial(first) + separator + last
  return first
}

/** A letter with the marks that belong to it. */
function initial(name: string): string {
  return /^\p{L}\p{M}*/u.exec(name)?.[0] ?? name
}

function yearOrNumber(random: () => number): string {
  return String(random() < 0.5 ? 1950 + Math.floor(random() * 60) : Math.floor(random() * 100))
}

const allWeights = peoples.reduce((sum, { weight }) => sum + weight, 0)

function choose(from: readonly People[], random: () => number): People {
  let left = random() * allWeights
  for (const people of from) {
    left -= people.weight
    if (left < 0) return people
  }
  return pick(from, random)
}

function pick<T>(from: readonly T[], random: () => number): T {
  const picked = from[Math.floor(random() * from.length)]
  if (picked === undefined) throw new Error('There is nothing to pick from.')
  return picked
}
