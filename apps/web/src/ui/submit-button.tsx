import type { ReactNode } from 'react'

/** Stays enabled and keeps its name and the focus while it works. */
export function SubmitButton({
  busy,
  kind = 'primary',
  children,
}: {
  busy: boolean
  kind?: 'primary' | 'danger'
  children: ReactNode
}) {
  return (
    <button type="submit" className={`button button-${kind} button-wide`} aria-disabled={busy || undefined}>
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}
