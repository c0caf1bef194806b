import type { DirectoryRow } from './directory.ts'

/** As Markdown: a line a kind of request, a column a number of accounts, and how much more the median costs with the most than with the fewest. */
export function directoryTable(rows: readonly DirectoryRow[]): string {
  const sizes = [...new Set(rows.map(({ accounts }) => accounts))].toSorted((a, b) => a - b)
  const requests = [...new Set(rows.map(({ request }) => request))]
  const heads = sizes.map((accounts) => `${accounts.toLocaleString('en')} accounts`)
  return [
    '### Directory: p50 / p99 in ms, pages of 8 KiB touched',
    '',
    `| request | ${heads.join(' | ')} | p50, most to fewest |`,
    `| --- | ${sizes.map(() => '---:').join(' | ')} | ---: |`,
    ...requests.map((request) => {
      const own = sizes.flatMap((size) =>
        rows.filter((row) => row.request === request && row.accounts === size),
      )
      const cells = own.map(({ p50, p99, pages }) => {
        return `${p50.toFixed(2)} / ${p99.toFixed(2)}, ${pages.toFixed(0)}`
      })
      const ratio = (own.at(-1)?.p50 ?? NaN) / (own[0]?.p50 ?? NaN)
      return `| ${request} | ${cells.join(' | ')} | ${ratio.toFixed(2)} |`
    }),
  ].join('\n')
}
