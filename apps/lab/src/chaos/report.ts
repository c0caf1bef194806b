import type { Fault, Measure } from './fault.ts'
import type { RunResult } from './run-fault.ts'
import type { Timing } from './timing.ts'
import type { Twin } from './twin.ts'

/** All runs of one fault. */
export interface FaultResults {
  readonly fault: Fault
  readonly results: readonly RunResult[]
}

/** docs/reliability.md: what was promised, and what was measured. */
export function reliabilityPage(
  all: readonly FaultResults[],
  twins: readonly Twin[],
  timing: Timing,
  machine: string,
): string {
  const runs = Math.max(0, ...all.map(({ results }) => results.length))
  const rows = all.map(
    ({ fault, results }) =>
      `| ${fault.title} | ${fault.promised(timing)} | ${measured(results)} | ${sum(results)} | ${verdict(results)} |`,
  )
  return `# Reliability

Written by \`pnpm chaos\`. Two real processes, a real Redis and a real PostgreSQL are harmed while 40 people move between the
processes at random, others stay or reconnect as a browser does, and observers at each process note all that they are shown. A
checker reads what they noted and compares it with what was true. Lease ${timing.leaseMs} ms, grace ${timing.graceMs} ms, heartbeat
${timing.heartbeatMs} ms: the defaults. ${runs} run${runs === 1 ? '' : 's'} of each, on ${machine}.

*Wrong offline* is rule P7: shown offline although throughout the last grace there was a connection to a process that ran and
reached Redis, or that only an absence of Redis for all kept from it.

| fault | promised | measured: median, worst | wrong offlines | |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Whether the suite can fail

\`pnpm chaos --twins\` runs products that lack a defence, and sees the fault bite:

| without | it does not survive |
| --- | --- |
${twins.map(({ without, fault }) => `| ${without} | ${titleOf(all, fault)} |`).join('\n')}
`
}

function titleOf(all: readonly FaultResults[], name: string): string {
  return all.find(({ fault }) => fault.name === name)?.fault.title ?? name
}

function measured(results: readonly RunResult[]): string {
  const names = new Set(results.flatMap(({ measures }) => measures.map(({ what }) => what)))
  const parts = Array.from(names, (name) => {
    const measures = results.flatMap(({ measures: each }) => each.filter(({ what }) => what === name))
    return `${name}: ${medianAndWorst(measures)}`
  })
  return parts.length === 0 ? '—' : parts.join('<br>')
}

function medianAndWorst(measures: readonly Measure[]): string {
  const values = measures.map(({ value }) => value).toSorted((a, b) => a - b)
  const middle = values[Math.floor((values.length - 1) / 2)] ?? 0
  const unit = measures[0]?.unit ?? 'ms'
  return `${shown(middle, unit)}, ${shown(values.at(-1) ?? 0, unit)}`
}

function shown(value: number, unit: Measure['unit']): string {
  switch (unit) {
    case 'ms':
      return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`
    case 'MiB':
      return `${Math.round(value)} MiB`
    case 'changes':
      return String(value)
  }
}

function sum(results: readonly RunResult[]): number {
  return results.reduce((total, { wrongOfflines }) => total + wrongOfflines, 0)
}

function verdict(results: readonly RunResult[]): string {
  const bad = results.filter(({ problems }) => problems.length > 0).length
  return bad === 0 ? 'kept' : `**broken in ${bad} of ${results.length}**`
}
