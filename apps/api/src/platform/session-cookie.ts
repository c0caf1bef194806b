import { Signer } from '@fastify/cookie'
import { hash, randomBytes } from 'node:crypto'

/** The cookie's name; over https it is `__Host-rollcall`, which no other host and no plain page can set. */
export const COOKIE = 'rollcall'
export const SECURE_COOKIE = `__Host-${COOKIE}`

/** What the cookie carries, 192 bits. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What is kept of a token. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

export function cookieSigner(secret: string): Signer {
  return new Signer(secret, 'sha256')
}

/** The value of the cookie for a token, as @fastify/session writes it. */
export function signToken(token: string, secret: string): string {
  return cookieSigner(secret).sign(token)
}

/**
 * The token in a `Cookie` header, or null where there is none or its signature is not ours.
 * @param secure whether the request came over https: then only the `__Host-` cookie counts.
 * @param signer made once: making it costs more than using it.
 */
export function tokenOf(header: string | undefined, secure: boolean, signer: Signer): string | null {
  if (header === undefined) return null
  const name = secure ? SECURE_COOKIE : COOKIE
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue
    const { valid, value } = signer.unsign(decode(part.slice(equals + 1).trim()))
    return valid ? value : null
  }
  return null
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^"(.*)"$/, '$1'))
  } catch {
    return value
  }
}
