import { Component } from 'react'
import type { ReactNode } from 'react'

/** A fault of ours ends in words and a way on, not in an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <main className="blank">
        <h1>Something went wrong</h1>
        <p className="muted">It is our fault. Loading the page again usually helps.</p>
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    )
  }
}
