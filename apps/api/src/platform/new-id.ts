import { nanoid } from 'nanoid'

/** An id of 96 bits: public, named in lists. */
export function newId(): string {
  return nanoid(16)
}
