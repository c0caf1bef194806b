import { parseArgs } from 'node:util'

import { run as runDirectory } from './directory.ts'
import { directoryTable } from './directory-table.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })

console.log(directoryTable(await runDirectory({ quick: values.quick })))
