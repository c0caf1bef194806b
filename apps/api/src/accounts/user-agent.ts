const MAX = 256

/** What is kept of a `User-Agent` header, so that people recognise their devices. */
export function userAgentOf(header: string | undefined): string | null {
  const text = header
    // oxlint-disable-next-line no-control-regex
    ?.replace(/[\u0000-\u001F\u007F]/g, '')
    .trim()
    .slice(0, MAX)
    .toWellFormed()
  return text === undefined || text === '' ? null : text
}
