import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'

import { DatabaseUnavailable } from './database-error.ts'
import { fieldProblem, nearestStatus, problem, ProblemError } from './problem.ts'
import { noteFault } from './request-log.ts'

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Seconds after which a client may try again while a part is away. */
const TRY_AGAIN_AFTER = 2

/** Answers whatever was thrown; only faults of this server are logged as such. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = asProblem(error, request)
  if (answer.statusCode >= 500) noteFault(request, error)
  send(reply, answer)
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): void {
  send(reply, notFound(request))
}

function notFound({ method, url }: FastifyRequest): ProblemError {
  return problem(404, `There is nothing at ${method} ${pathOf(url)}.`)
}

function send(reply: FastifyReply, answer: ProblemError): void {
  // Past the serializers of the route: they know the body of success only.
  void reply
    .code(answer.statusCode)
    .headers(answer.headers)
    .type(PROBLEM_TYPE)
    .serializer((body: unknown) => String(body))
    .send(JSON.stringify(answer.body))
}

function asProblem(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof DatabaseUnavailable) {
    return problem(503, 'The database cannot be reached at the moment. Try again in a moment.', {
      retryAfter: TRY_AGAIN_AFTER,
    })
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    return fieldProblem(
      error.validation.map((fault) => ({
        field: fieldOf(fault.instancePath, fault.params),
        message: `${fault.message ?? 'Not allowed'}.`,
      })),
    )
  }
  const status = statusOf(error)
  // A path that leads out of the web app's folder, says the file server. A foreign origin is a problem already.
  if (status === 403) return notFound(request)
  return status === undefined || status >= 500
    ? problem(500, 'Something went wrong here. It was written down, with the id of this request.')
    : problem(nearestStatus(status), explain(nearestStatus(status), error))
}

function explain(status: number, error: unknown): string {
  if (status === 413) return 'Allowed: a body of at most 16 KiB.'
  if (status === 415) return 'Allowed: a JSON body, with content-type: application/json.'
  return sentence(messageOf(error))
}

function fieldOf(instancePath: string, params: Record<string, unknown>): string {
  const field = instancePath.replace(/^\//, '').replaceAll('/', '.')
  if (field !== '') return field
  const keys = params['keys']
  return Array.isArray(keys) && typeof keys[0] === 'string' ? keys[0] : 'body'
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = isFastifyError(error) ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}
