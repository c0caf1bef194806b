import { existsSync } from 'node:fs'
import { join } from 'node:path'

import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { answerNotFound } from './error-handler.ts'

/** Serves the built web app; its paths that are no files lead to its page. Everything else that is not there is a problem. */
export async function registerWebApp(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(files, {
    root: directory,
    index: 'index.html',
    cacheControl: false,
    suppressWarning: true,
    allowedPath: (path) => !isApi(path),
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(directory, 'assets'))
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) return answerNotFound(request, reply)
    if (!existsSync(join(directory, 'index.html'))) return answerWithoutBuild(reply)
    return reply.sendFile('index.html')
  })
}

function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? ''
  const accepts = headers.accept ?? '*/*'
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && !isApi(path) && !/\.[^/]*$/.test(path) && /text\/html|\*\/\*/.test(accepts)
}

function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

function answerWithoutBuild(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/plain; charset=utf-8')
    .send('The web app is not built. `npm start` builds it; in `pnpm dev` it is on its own port, 5173.\n')
}
