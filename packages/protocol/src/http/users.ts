import { z } from 'zod'

import { DEFAULT_ROWS, MAX_ROWS } from '../limits.ts'
import { Counts, Id, Status, UserPresence } from '../presence.ts'

const emptyIsAbsent = (value: unknown) => (value === '' ? undefined : value)
const wholeNumber = (value: unknown) =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value

/** A page of the directory: by `cursor`, or beginning at about rank `at`. Empty parameters are as if left out. */
export const UsersQuery = z.object({
  q: z.preprocess(emptyIsAbsent, z.string().max(128).optional()),
  status: z.preprocess(emptyIsAbsent, Status.optional()),
  limit: z.preprocess(
    (value) => wholeNumber(emptyIsAbsent(value)),
    z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS),
  ),
  cursor: z.preprocess(emptyIsAbsent, z.string().max(1024).optional()),
  at: z.preprocess((value) => wholeNumber(emptyIsAbsent(value)), z.int().nonnegative().optional()),
})
export type UsersQuery = z.infer<typeof UsersQuery>

/** `counts` is of the whole directory, whatever was asked for. */
export const UsersAnswer = z
  .object({ users: z.array(UserPresence), nextCursor: z.string().nullable(), counts: Counts })
  .meta({ id: 'UsersAnswer' })
export type UsersAnswer = z.infer<typeof UsersAnswer>

export const UserParams = z.object({ id: Id })
