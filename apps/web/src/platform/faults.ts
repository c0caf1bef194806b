import { HttpProblem } from '@rollcall/client'

/** What a form says: of itself, and at its fields. */
export interface Faults {
  readonly form?: string
  readonly fields: Readonly<Record<string, string>>
}

/** What went wrong with a request, in words for whom it happened to. @param fields the names of the form's fields */
export function faultsOf(error: unknown, fields: readonly string[]): Faults {
  if (!(error instanceof HttpProblem)) {
    return {
      form: 'We can’t reach the server. What you typed is still here: try again in a moment.',
      fields: {},
    }
  }
  const { status, problem } = error
  if (status === 429) return { form: `Too many tries. Try again ${afterWait(error)}.`, fields: {} }
  if (status >= 500) {
    return { form: `Rollcall can’t do this right now. Try again ${afterWait(error)}.`, fields: {} }
  }
  const known: Record<string, string> = {}
  const others: string[] = []
  for (const { field, message } of problem.errors ?? []) {
    if (!fields.includes(field)) others.push(message)
    else if (known[field] === undefined) known[field] = message
  }
  if (Object.keys(known).length > 0 && others.length === 0) return { fields: known }
  const form = others.length > 0 ? others.join(' ') : problem.detail
  return { form, fields: known }
}

function afterWait({ retryAfterSeconds }: HttpProblem): string {
  if (retryAfterSeconds === undefined) return 'in a moment'
  if (retryAfterSeconds < 90)
    return `in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`
  return `in ${Math.ceil(retryAfterSeconds / 60)} minutes`
}
