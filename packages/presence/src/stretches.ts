import { Crowd } from './crowd.ts'

/** A part of the name order that somebody watches, both ends inside. Who asks for the same one shares it. */
export class Stretch<W> {
  readonly fromKey: string
  readonly toKey: string
  readonly limit: number
  readonly watchers = new Crowd<W>()

  constructor(fromKey: string, toKey: string, limit: number) {
    this.fromKey = fromKey
    this.toKey = toKey
    this.limit = limit
  }
}

interface Chunk<W> {
  readonly stretches: Stretch<W>[]
  /** No stretch of the chunk ends behind this key. */
  toKey: string
}

const MOST_IN_A_CHUNK = 128

/** All watched stretches by where they begin; a name finds those that it is in. */
export class Stretches<W> {
  readonly #chunks: Chunk<W>[] = []
  #size = 0

  /** How many different ones there are. */
  get size(): number {
    return this.#size
  }

  /** The stretch between these keys, shared by all who ask for it. */
  open(fromKey: string, toKey: string, limit: number): Stretch<W> {
    const at = Math.max(0, this.#chunkOf(fromKey, toKey, limit))
    const chunk = this.#chunks[at]
    const index = chunk === undefined ? 0 : indexIn(chunk.stretches, fromKey, toKey, limit)
    const there = chunk?.stretches[index]
    if (there !== undefined && compare(there, fromKey, toKey, limit) === 0) return there
    const stretch = new Stretch<W>(fromKey, toKey, limit)
    this.#size++
    if (chunk === undefined) {
      this.#chunks.push({ stretches: [stretch], toKey })
      return stretch
    }
    chunk.stretches.splice(index, 0, stretch)
    if (toKey > chunk.toKey) chunk.toKey = toKey
    if (chunk.stretches.length > MOST_IN_A_CHUNK) {
      const stretches = chunk.stretches.splice(MOST_IN_A_CHUNK / 2)
      chunk.toKey = lastKey(chunk.stretches)
      this.#chunks.splice(at + 1, 0, { stretches, toKey: lastKey(stretches) })
    }
    return stretch
  }

  /** Nobody watches it any more. */
  close(stretch: Stretch<W>): void {
    const at = this.#chunkOf(stretch.fromKey, stretch.toKey, stretch.limit)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const index = indexIn(chunk.stretches, stretch.fromKey, stretch.toKey, stretch.limit)
    if (chunk.stretches[index] !== stretch) return
    chunk.stretches.splice(index, 1)
    this.#size--
    if (chunk.stretches.length === 0) this.#chunks.splice(at, 1)
    else if (stretch.toKey === chunk.toKey) chunk.toKey = lastKey(chunk.stretches)
  }

  /** Every stretch that a key is in. */
  *at(key: string): Generator<Stretch<W>> {
    for (const chunk of this.#chunks) {
      const first = chunk.stretches[0]
      if (first === undefined || first.fromKey > key) return
      if (chunk.toKey < key) continue
      for (const stretch of chunk.stretches) {
        if (stretch.fromKey > key) return
        if (stretch.toKey >= key) yield stretch
      }
    }
  }

  /** The last chunk that does not begin behind this place; -1 where all do. */
  #chunkOf(fromKey: string, toKey: string, limit: number): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const first = this.#chunks[middle]?.stretches[0]
      if (first !== undefined && compare(first, fromKey, toKey, limit) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function compare<W>(stretch: Stretch<W>, fromKey: string, toKey: string, limit: number): number {
  if (stretch.fromKey !== fromKey) return stretch.fromKey < fromKey ? -1 : 1
  if (stretch.toKey !== toKey) return stretch.toKey < toKey ? -1 : 1
  return stretch.limit - limit
}

function indexIn<W>(stretches: readonly Stretch<W>[], fromKey: string, toKey: string, limit: number): number {
  let low = 0
  let high = stretches.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const stretch = stretches[middle]
    if (stretch !== undefined && compare(stretch, fromKey, toKey, limit) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function lastKey<W>(stretches: readonly Stretch<W>[]): string {
  let last = ''
  for (const { toKey } of stretches) if (toKey > last) last = toKey
  return last
}
