import { endChildren } from './child.mjs'
import { root } from './paths.mjs'
import { SetupError, setUp } from './setup.mjs'
import { onRightNode } from './toolchain.mjs'

await onRightNode(import.meta.url, { whenStopped: 0 })
process.chdir(root)

const stopEarly = () => void endChildren().then(() => process.exit(0))
process.on('SIGINT', stopEarly)
process.on('SIGTERM', stopEarly)
try {
  await setUp()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exit(1)
}

// In this very process: one less to pass signals through. It listens to them itself once it is loaded.
await import('../apps/api/src/main.ts')
process.off('SIGINT', stopEarly)
process.off('SIGTERM', stopEarly)
