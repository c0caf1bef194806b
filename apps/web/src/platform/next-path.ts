const SIGNED_OUT_PAGES = ['/login', '/signup']

/** Where to go on after a log-in: a path of this very app, whatever the address bar was made to say. */
export function nextPath(search: string, origin: string): string {
  const next = new URLSearchParams(search).get('next')
  if (next === null || !next.startsWith('/')) return '/'
  let url: URL
  try {
    url = new URL(next, origin)
  } catch {
    return '/'
  }
  if (url.origin !== origin || SIGNED_OUT_PAGES.includes(url.pathname) || url.pathname.startsWith('//'))
    return '/'
  return url.pathname + url.search + url.hash
}

/** The page at `path` that leads on to `next`. */
export function withNext(path: '/login' | '/signup', next: string): string {
  return next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`
}
