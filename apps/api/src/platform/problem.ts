import type { FieldFault, Problem } from '@rollcall/protocol'

/** The one table of what can go wrong: status, a name for programs, a title for people. */
const kinds = {
  400: ['bad-request', 'The request is not right'],
  401: ['not-logged-in', 'Not logged in'],
  403: ['foreign-origin', 'Not from here'],
  404: ['not-found', 'Not found'],
  408: ['too-slow', 'The request came too slowly'],
  409: ['taken', 'Already taken'],
  413: ['too-long', 'The body is too long'],
  414: ['url-too-long', 'The URL is too long'],
  415: ['not-json', 'The body is not JSON'],
  429: ['too-many', 'Too many requests'],
  431: ['headers-too-long', 'The headers are too long'],
  500: ['fault', 'A fault of this server'],
  503: ['unavailable', 'Not available now'],
} as const

export type ProblemStatus = keyof typeof kinds

interface Extras {
  readonly errors?: readonly FieldFault[]
  /** Seconds after which to try again. */
  readonly retryAfter?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that is not a success: thrown anywhere below a route, sent by the error handler as RFC 9457 `application/problem+json`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly statusCode: ProblemStatus
  readonly body: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ProblemStatus, detail: string, { errors, retryAfter, headers }: Extras) {
    super(detail)
    this.statusCode = status
    const [kind, title] = kinds[status]
    this.body = {
      type: `urn:rollcall:problem:${kind}`,
      title,
      status,
      detail,
      ...(errors === undefined ? {} : { errors: [...errors] }),
    }
    this.headers = {
      ...headers,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
    }
  }
}

/** @param detail one or two sentences for a person: what is wrong, and what to do. */
export function problem(status: ProblemStatus, detail: string, extras: Extras = {}): ProblemError {
  return new ProblemError(status, detail, extras)
}

/** Fields that are wrong. */
export function fieldProblem(errors: readonly FieldFault[]): ProblemError {
  return problem(400, errors.map((error) => `${error.field}: ${error.message}`).join(' '), { errors })
}

/** What a status means, for people. */
export function titleOf(status: ProblemStatus): string {
  return kinds[status][1]
}

/** The status itself, or the one that is nearest to it in the table. */
export function nearestStatus(status: number): ProblemStatus {
  if (isProblemStatus(status)) return status
  return status >= 400 && status < 500 ? 400 : 500
}

function isProblemStatus(status: number): status is ProblemStatus {
  return Object.hasOwn(kinds, status)
}
