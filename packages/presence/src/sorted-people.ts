import type { Person, UserId } from './ports.ts'

/** Somebody with the key that names are ordered by: strings whose `<` is name order. */
export interface Listed extends Person {
  readonly key: string
}

const MOST_IN_A_CHUNK = 512

/**
 * People in name order, with ranks. A list of short sorted lists: what is added or removed moves one of them, and a rank
 * adds up their lengths. Whoever should share a key is ordered by id.
 */
export class SortedPeople {
  readonly #chunks: Listed[][] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Somebody who is not in the list yet. */
  add(person: Listed): void {
    this.#size++
    const at = Math.min(this.#chunkOf(person.key, person.id), this.#chunks.length - 1)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([person])
      return
    }
    chunk.splice(indexIn(chunk, person.key, person.id), 0, person)
    if (chunk.length > MOST_IN_A_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MOST_IN_A_CHUNK / 2))
  }

  /** False where he is not in the list. */
  delete(person: Listed): boolean {
    const at = this.#chunkOf(person.key, person.id)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return false
    const index = indexIn(chunk, person.key, person.id)
    if (chunk[index]?.id !== person.id) return false
    chunk.splice(index, 1)
    this.#size--
    this.#join(chunk.length === 0 ? at : at + 1)
    return true
  }

  /** How many have a smaller key. */
  rankOf(key: string): number {
    const at = this.#chunkOf(key, '')
    let rank = 0
    for (let i = 0; i < at; i++) rank += this.#chunks[i]?.length ?? 0
    const chunk = this.#chunks[at]
    return chunk === undefined ? rank : rank + indexIn(chunk, key, '')
  }

  at(rank: number): Listed | undefined {
    return this.slice(rank, 1)[0]
  }

  /** At most `count` people from a rank on. */
  slice(rank: number, count: number): Listed[] {
    let skip = rank
    for (let at = 0; at < this.#chunks.length; at++) {
      const length = this.#chunks[at]?.length ?? 0
      if (skip < length) return this.#take(at, skip, count)
      skip -= length
    }
    return []
  }

  /** At most `count` people behind somebody, who need not be in the list any more, or from the first on. */
  after(person: Listed | null, count: number): Listed[] {
    if (person === null) return this.slice(0, count)
    const at = this.#chunkOf(person.key, person.id)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return []
    const index = indexIn(chunk, person.key, person.id)
    return this.#take(at, chunk[index]?.id === person.id ? index + 1 : index, count)
  }

  #take(from: number, index: number, count: number): Listed[] {
    const taken = this.#chunks[from]?.slice(index, index + count) ?? []
    for (let at = from + 1; taken.length < count && at < this.#chunks.length; at++) {
      for (const person of this.#chunks[at] ?? []) if (taken.push(person) === count) break
    }
    return taken
  }

  /** The first chunk that does not end before this place; as many as there are chunks, where all do. */
  #chunkOf(key: string, id: UserId): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#chunks[middle]?.at(-1)
      if (last !== undefined && isBefore(last, key, id)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Puts a chunk into the one before it while both together are short. */
  #join(at: number): void {
    const chunk = this.#chunks[at]
    const before = this.#chunks[at - 1]
    if (chunk?.length === 0) this.#chunks.splice(at, 1)
    else if (
      chunk !== undefined &&
      before !== undefined &&
      chunk.length + before.length <= MOST_IN_A_CHUNK / 2
    ) {
      before.push(...chunk)
      this.#chunks.splice(at, 1)
    }
  }
}

function isBefore(person: Listed, key: string, id: UserId): boolean {
  return person.key < key || (person.key === key && person.id < id)
}

function indexIn(chunk: readonly Listed[], key: string, id: UserId): number {
  let low = 0
  let high = chunk.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const person = chunk[middle]
    if (person !== undefined && isBefore(person, key, id)) low = middle + 1
    else high = middle
  }
  return low
}
