import type { Result } from './result.ts'
import { median } from './statistics.ts'

/** The runs of a scenario as Markdown: ratios first, each figure as its median and, of several runs, the least and the most. */
export function tablesOf(runs: readonly Result[]): string {
  const [first] = runs
  if (first === undefined) return ''
  const ratios = first.ratios.map(({ title, wanted }) => {
    const values = runs.flatMap((run) => run.ratios.filter((each) => each.title === title))
    return [title, wanted, shown(values.map(({ value }) => value))]
  })
  const heads = [...new Set(first.rows.flatMap(({ figures }) => Object.keys(figures)))]
  const rows = first.rows.map(({ name }) => {
    const own = runs.flatMap((run) => run.rows.filter((row) => row.name === name))
    const cells = heads.map((head) => shown(own.map(({ figures }) => figures[head] ?? NaN)))
    return [name, ...cells]
  })
  const tables = [
    ...(ratios.length === 0 ? [] : [table(['ratio', 'wanted', 'measured'], ratios)]),
    table(['', ...heads], rows),
  ]
  return tables.join('\n\n')
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function shown(values: readonly number[]): string {
  const known = values.filter((value) => !Number.isNaN(value))
  if (known.length === 0) return '–'
  if (known.length === 1) return number(known[0] ?? NaN)
  return `${number(median(known))} (${number(Math.min(...known))}–${number(Math.max(...known))})`
}

/** Three digits, which is more than such figures are worth. */
function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
