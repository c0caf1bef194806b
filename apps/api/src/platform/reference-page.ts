import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

import fastify, { type FastifyInstance } from 'fastify'

import { referenceDirectives, setHeaders } from './security-headers.ts'

interface Script {
  readonly plain: Buffer
  readonly gzipped: Buffer
}

/** `GET /api/docs`: a page to read and try the API on. Its script is served from here, and read when the first reader comes. */
export function referencePage(app: FastifyInstance): void {
  let script: Promise<Script> | undefined

  app.get('/api/docs', { schema: { hide: true } }, (request, reply) => {
    setHeaders(request, reply, referenceDirectives)
    return reply.type('text/html; charset=utf-8').send(page)
  })

  app.get('/api/docs/scalar.js', { schema: { hide: true } }, async (request, reply) => {
    script ??= readScript()
    const { plain, gzipped } = await script
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .header('vary', 'accept-encoding')
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    return takesGzip ? reply.header('content-encoding', 'gzip').send(gzipped) : reply.send(plain)
  })
}

/** Nothing that calls home, and no tools for whoever writes the description. */
const configuration = {
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Rollcall API</title>
    <link rel="icon" href="/favicon.svg" />
  </head>
  <body>
    <noscript>This page wants JavaScript. The description itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
    <script
      id="api-reference"
      data-url="/api/openapi.json"
      data-configuration="${JSON.stringify(configuration).replaceAll('"', '&quot;')}"
    ></script>
    <script src="/api/docs/scalar.js"></script>
  </body>
</html>
`

/** The package has its script inside a plugin only, and reading it takes time and memory that few processes need. */
async function readScript(): Promise<Script> {
  const { default: reference } = await import('@scalar/fastify-api-reference')
  const app = fastify()
  await app.register(reference, { routePrefix: '/docs', configuration: { url: '/api/openapi.json' } })
  const { rawPayload } = await app.inject('/docs/js/scalar.js')
  await app.close()
  return { plain: rawPayload, gzipped: await promisify(gzip)(rawPayload) }
}
