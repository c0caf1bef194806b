import { isIP } from 'node:net'

/** What a variable may be. */
export interface Check<T> {
  /** For the sentence "Allowed: …". */
  readonly allowed: string
  /** Undefined where the text is not allowed. */
  read(given: string): T | undefined
  /** What is wrong with it, and what is allowed, where there is more to say. */
  explain?(given: string): string
  /** What may be shown of a wrong value, where it may hold a secret. */
  show?(given: string): string
}

export function whole(from: number, to: number): Check<number> {
  return {
    allowed: `a whole number from ${from} to ${to}`,
    read: (given) => {
      if (!/^\d{1,15}$/.test(given)) return undefined
      const value = Number(given)
      return value >= from && value <= to ? value : undefined
    },
  }
}

export function oneOf<const T extends string>(...values: T[]): Check<T> {
  return {
    allowed: values.join(', '),
    read: (given) => values.find((value) => value === given),
  }
}

/** Any text but control characters. */
export const text: Check<string> = {
  allowed: 'text without control characters',
  // oxlint-disable-next-line no-control-regex
  read: (given) => (/[\u0000-\u001F]/.test(given) ? undefined : given),
}

const hidden = (given: string) => `(${Array.from(given).length} characters)`

export const sessionSecret: Check<string> = {
  allowed: 'at least 8 characters, better 32, made at random',
  read: (given) => (given.length >= 8 ? given : undefined),
  show: hidden,
}

/** What can stand behind `Authorization: Bearer`. */
export const headerToken: Check<string> = {
  allowed: 'visible ASCII characters without spaces',
  read: (given) => (/^[\x21-\x7E]+$/.test(given) ? given : undefined),
  show: hidden,
}

const hostName = /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?$/

/** Brackets around IPv6 are taken off. */
export const listenHost: Check<string> = {
  allowed: 'an address or a name of this machine, such as 127.0.0.1, 0.0.0.0, :: or localhost',
  read: (given) => {
    const bare = given.replace(/^\[(.*)\]$/, '$1')
    if (isIP(bare) !== 0) return bare
    // A name that ends in a number would be an address, and is none.
    const isName = hostName.test(given) && given.length <= 253 && !/(^|\.)\d+\.?$/.test(given)
    return isName ? given : undefined
  },
}

/** As a browser sends them in `Origin`. */
export const origins: Check<readonly string[]> = {
  allowed:
    'origins such as https://rollcall.example or http://192.168.1.2:3000, separated by commas, without a path',
  read: (given) => readEach(given, readOrigin),
}

function readOrigin(given: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\s]+\/?$/i.test(given) || !URL.canParse(given)) return undefined
  return new URL(given).origin
}

const proxyNames = ['loopback', 'linklocal', 'uniquelocal']

/** Nobody, or addresses, ranges and names that Fastify's `trustProxy` understands. */
export const trustedProxies: Check<readonly string[]> = {
  allowed: 'false, true, or addresses, CIDR ranges, loopback, linklocal, uniquelocal, separated by commas',
  read: (given) => {
    if (given === 'false') return []
    if (given === 'true') return proxyNames
    return readEach(given, (part) => (proxyNames.includes(part) || isRange(part) ? part : undefined))
  },
}

function isRange(given: string): boolean {
  const [address = '', bits, more] = given.split('/')
  const version = isIP(address)
  if (version === 0 || more !== undefined || address.includes('%')) return false
  if (bits === undefined) return true
  // A range of IPv4 in IPv6's clothes would trust far more than it says.
  if (version === 6 && /^::ffff:/i.test(address)) return false
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

function readEach<T>(given: string, read: (part: string) => T | undefined): T[] | undefined {
  const values: T[] = []
  for (const part of given.split(',')) {
    const value = read(part.trim())
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}
