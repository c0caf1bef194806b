import { useEffect } from 'react'
import { Link } from 'wouter'

import { Mark } from './ui/icons.tsx'
import { PageHeading } from './ui/page-heading.tsx'
import { useTitle } from './ui/use-title.ts'

/** For as long as nobody knows who is here; seen only where that takes long. */
export function Splash() {
  return (
    <div className="blank blank-later">
      <Mark />
    </div>
  )
}

const AGAIN_MS = 3_000

export function Unreachable({ retry }: { retry: () => Promise<void> }) {
  useTitle('Can’t reach the server')
  useEffect(() => {
    const again = () => void retry()
    const timer = setInterval(again, AGAIN_MS)
    window.addEventListener('online', again)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', again)
    }
  }, [retry])
  return (
    <main className="blank">
      <Mark />
      <h1 tabIndex={-1}>We can’t reach the server</h1>
      <p className="muted">Trying again every few seconds. Nothing is lost.</p>
      <button type="button" className="button" onClick={() => void retry()}>
        Try now
      </button>
    </main>
  )
}

export function NotFound() {
  return (
    <>
      <PageHeading title="There is nothing here" />
      <p className="muted">The address may be mistyped, or what was here is gone.</p>
      <p>
        <Link href="/">See who is here</Link>
      </p>
    </>
  )
}
