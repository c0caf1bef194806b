import type { FieldFault, Problem } from '@rollcall/protocol'

/** The server answered that it will not, and why. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly problem: Problem
  /** When to try again, where the server said so. */
  readonly retryAfterSeconds: number | undefined

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail)
    this.status = problem.status
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** What is wrong with a field, if it is. */
  of(field: string): FieldFault | undefined {
    return this.problem.errors?.find((fault) => fault.field === field)
  }
}

/** The server was not reached, did not answer in time, or what came back was not its answer. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure'
}
