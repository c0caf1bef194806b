import type { FastifyRequest } from 'fastify'

/**
 * Whether a browser on another site sent the request. Programs send no `Origin`, and are never foreign.
 * @param allowed origins, or null for any whose host and port are those of the request.
 */
export function isForeign(request: FastifyRequest, allowed: readonly string[] | null): boolean {
  const { origin } = request.headers
  if (origin === undefined) return request.headers['sec-fetch-site'] === 'cross-site'
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return true
  const url = new URL(origin)
  if (allowed !== null) return !allowed.includes(url.origin)
  return url.host !== hostAsIn(url.protocol, request.host)
}

/** A tunnel or proxy may have ended TLS: the default port is that of the origin's scheme. */
function hostAsIn(protocol: string, host: string): string {
  const url = `${protocol}//${host}`
  return URL.canParse(url) ? new URL(url).host : ''
}
