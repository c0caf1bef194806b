export interface RedisAddress {
  readonly host: string
  readonly port: number
}

interface Access {
  readonly username?: string
  readonly password?: string
  readonly tls: boolean
}

/** Which Redis to talk to: one server, the nodes to ask for a Cluster's layout, or the Sentinels to ask for a group's master. */
export type RedisTarget =
  | (Access & { readonly kind: 'single'; readonly address: RedisAddress; readonly db: number })
  | (Access & { readonly kind: 'cluster'; readonly seeds: readonly RedisAddress[]; readonly db: 0 })
  | (Access & {
      readonly kind: 'sentinel'
      readonly sentinels: readonly RedisAddress[]
      readonly group: string
      readonly db: number
    })

export type RedisUrl = { ok: true; target: RedisTarget } | { ok: false; fault: string }

const ALLOWED =
  'redis://[user:password@]host[:port][/db], rediss://… for TLS, a comma-separated list of these for a Cluster, ' +
  'or redis+sentinel://[user:password@]host[:port],host[:port]/group[/db] for a Sentinel group'

/** Reads a REDIS_URL. The fault says what is wrong and what is allowed; it never holds the password. */
export function parseRedisUrl(text: string): RedisUrl {
  try {
    return { ok: true, target: read(text.trim()) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ok: false, fault: `${error.message}. Allowed: ${ALLOWED}` }
  }
}

class Fault extends Error {}

function read(text: string): RedisTarget {
  const [first = '', ...others] = text.split(',').map((piece) => piece.trim())
  const scheme = /^([a-z+]+):\/\//.exec(first)?.[1]
  if (scheme !== 'redis' && scheme !== 'rediss' && scheme !== 'redis+sentinel') {
    throw new Fault('it does not begin with redis://, rediss:// or redis+sentinel://')
  }
  const urls = [first, ...others].map((piece, i) => readPiece(piece, scheme, i))
  const [head, last] = [urls[0], urls.at(-1)]
  if (head === undefined || last === undefined) throw new Fault('it names no host')
  for (const url of urls.slice(1)) {
    if (url.username !== '' || url.password !== '') {
      if (url.username !== head.username || url.password !== head.password) {
        throw new Fault('its hosts have different users or passwords')
      }
    }
  }
  const addresses = urls.map((url) => address(url, scheme === 'redis+sentinel' ? 26_379 : 6379))
  const access = { ...credentials(head), tls: scheme === 'rediss' }

  if (scheme === 'redis+sentinel') {
    const [group = '', db = '', ...rest] = last.pathname.slice(1).split('/')
    if (group === '' || rest.length > 0 || urls.slice(0, -1).some((url) => url.pathname.length > 1)) {
      throw new Fault('the name of the group does not follow the last Sentinel')
    }
    return {
      ...access,
      kind: 'sentinel',
      sentinels: addresses,
      group: decoded(group),
      db: database(db),
    }
  }
  const databases = urls.map((url) => database(url.pathname.slice(1)))
  if (addresses.length > 1) {
    if (databases.some((db) => db !== 0)) throw new Fault('a Cluster has database 0 only')
    return { ...access, kind: 'cluster', seeds: addresses, db: 0 }
  }
  const [only] = addresses
  if (only === undefined) throw new Fault('it names no host')
  return { ...access, kind: 'single', address: only, db: databases[0] ?? 0 }
}

/** The pieces of a list after the first need no scheme of their own. */
function readPiece(piece: string, scheme: string, index: number): URL {
  if (piece === '') throw new Fault('a host of the list is empty')
  const own = /^([^:/]+):\/\//.exec(piece)?.[1]
  if (own !== undefined && own !== scheme) throw new Fault('its hosts have different schemes')
  const text = own === undefined ? `${scheme}://${piece}` : piece
  if (!URL.canParse(text)) {
    const which = index === 0 ? 'it' : `host ${index + 1} of the list`
    throw new Fault(`${which} is not a URL (is a character of the password not percent-encoded?)`)
  }
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '') {
    throw new Fault('it has a query or a fragment (a ? or # in a password is written %3F or %23)')
  }
  return url
}

function address(url: URL, defaultPort: number): RedisAddress {
  if (url.hostname === '') throw new Fault('a host is missing')
  return {
    host: decoded(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: url.port === '' ? defaultPort : Number(url.port),
  }
}

function credentials(url: URL): { username?: string; password?: string } {
  return {
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
  }
}

function database(text: string): number {
  if (text === '') return 0
  if (!/^\d{1,5}$/.test(text)) throw new Fault('its database is not a whole number')
  return Number(text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Fault('a % in it is not followed by two hexadecimal digits')
  }
}
