import type { Entry } from '@rollcall/presence'
import { z } from 'zod'

import { decodeEntry } from './redis-entry.ts'

// What the scripts answer: see the last lines of each.

const Lost = z.tuple([z.literal('lost')])
const Refused = z.tuple([z.enum(['lost', 'buried', 'refused'])])
const EntryText = z.string().nullable()
export const Applied = z.union([Refused, z.tuple([z.literal('done'), EntryText])])
export const Released = z.union([Lost, z.tuple([z.literal('done'), EntryText, z.int()])])
export const Logged = z.union([Lost, z.tuple([z.literal('done'), z.int(), z.array(z.string())])])
export const Beaten = z.union([
  z.tuple([z.enum(['lost', 'buried'])]),
  z.tuple([
    z.literal('beating'),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
    z.array(z.string()),
  ]),
])

export function decodeNullable(text: string | null): Entry | null {
  return text === null ? null : decodeEntry(text)
}
