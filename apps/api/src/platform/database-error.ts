/** The database did not answer in time, or cannot serve now. What was asked may or may not have happened. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** True where a row with the same value of a unique column exists. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505'
}

/** What a driver threw, told apart: away (with the cause inside), or as it was. */
export function translate(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || !isAway(error)) return error
  return new DatabaseUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
}

/** The code of the driver or the SQLSTATE of the server, where there is one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Of Node's sockets. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOENT',
])

/**
 * 08 connection, 53 resources (full disk, too many connections), 57 operator (shut down, starting, timed out), 58 system;
 * 25006 read-only, 55P03 lock not to be had, 40001 and 40P01 collisions.
 * @see https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const awayStates = /^(08|53|57|58)...$|^(25006|55P03|40001|40P01)$/

/** pg reports these without a code. */
const awayMessages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/

function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway)
  const code = codeOf(error)
  if (code !== undefined) return networkCodes.has(code) || awayStates.test(code)
  return error instanceof Error && awayMessages.test(error.message)
}
