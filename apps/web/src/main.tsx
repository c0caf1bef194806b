import './ui/tokens.css'
import './ui/base.css'
import './ui/controls.css'
import { RollcallHttp } from '@rollcall/client'
import { createRoot } from 'react-dom/client'

import { App } from './app.tsx'
import { Session, browserTabs } from './platform/session.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'

const http = new RollcallHttp({ origin: '' })
const session = new Session({ http, tabs: browserTabs() })
const websocketUrl = `${location.origin.replace(/^http/, 'ws')}/api/ws`

void session.check()

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <ErrorBoundary>
      <App http={http} session={session} websocketUrl={websocketUrl} />
    </ErrorBoundary>,
  )
}
