import type { FastifyInstance } from 'fastify'

/** Bodies are JSON. Where one is said to be there and is empty, it is as if it were not: many clients name its type whatever they send. */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body, done)
  })
}
