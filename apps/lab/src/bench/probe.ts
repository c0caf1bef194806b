import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Loaded into every measured server before its program. Asked `heap`, it answers how many bytes live after a collection, on the heap and beside it;
 * asked `stall`, for how many ms the event loop stood still at the longest since it was asked last.
 */
const delay = monitorEventLoopDelay({ resolution: 10 })

process.on('message', (question) => {
  switch (question) {
    case 'heap': {
      globalThis.gc?.()
      const { heapUsed, external } = process.memoryUsage()
      process.send?.([heapUsed, external])
      break
    }
    case 'stall':
      process.send?.([delay.max / 1e6])
      delay.reset()
      delay.enable()
      break
  }
})
// Nobody who measured is there any more.
process.once('disconnect', () => process.exit())
process.channel?.unref()
