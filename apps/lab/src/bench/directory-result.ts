import type { Result } from './result.ts'

/** What one kind of request cost among so many accounts. */
export interface DirectoryRow {
  readonly accounts: number
  readonly request: string
  /** ms, from asking to the last byte. */
  readonly p50: number
  readonly p99: number
  /** Pages of 8 KiB that the database touched for a request, that for the session included. */
  readonly pages: number
}

/** A line a kind of request, a column a number of accounts, and how much more the median costs with the most than with the fewest. */
export function directoryResult(measured: readonly DirectoryRow[]): Result {
  const requests = [...new Set(measured.map(({ request }) => request))]
  const byRequest = requests.map((request) => {
    const own = measured.filter((row) => row.request === request)
    return { request, own: own.toSorted((a, b) => a.accounts - b.accounts) }
  })
  return {
    ratios: byRequest.map(({ request, own }) => ({
      title: `p50 of ${request}, most accounts to fewest`,
      wanted: '≤ 2',
      value: (own.at(-1)?.p50 ?? NaN) / (own[0]?.p50 ?? NaN),
    })),
    rows: byRequest.map(({ request, own }) => ({
      name: request,
      figures: Object.fromEntries(
        own.flatMap(({ accounts, p50, p99, pages }) => {
          const at = `at ${accounts.toLocaleString('en')}`
          return [
            [`p50 ${at}, ms`, p50],
            [`p99 ${at}, ms`, p99],
            [`pages of 8 KiB ${at}`, pages],
          ]
        }),
      ),
    })),
  }
}
