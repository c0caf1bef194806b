import type { RollcallHttp } from '@rollcall/client'
import type { User } from '@rollcall/protocol'
import { useEffect, useRef, useState } from 'react'
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter'
import { useStore } from 'zustand'

import { LoginPage } from './accounts/login-page.tsx'
import { SignupPage } from './accounts/signup-page.tsx'
import { Directory } from './directory/directory.ts'
import { PeoplePage } from './directory/people-page.tsx'
import { createLive } from './platform/live.ts'
import { nextPath, withNext } from './platform/next-path.ts'
import type { Session, SignedOut } from './platform/session.ts'
import { Announcer } from './presence/announcer.tsx'
import { ConnectionStatus } from './presence/connection-status.tsx'
import { OutdatedNotice } from './presence/outdated-notice.tsx'
import { SettingsPage } from './settings/settings-page.tsx'
import { Shell } from './shell.tsx'
import { NotFound, Splash, Unreachable } from './standing-pages.tsx'
import { readAnnounce } from './ui/announce-setting.ts'

interface Services {
  http: RollcallHttp
  session: Session
  websocketUrl: string
}

export function App(services: Services) {
  const state = useStore(services.session.store)
  useArrival()
  switch (state.kind) {
    case 'unknown':
      return <Splash />
    case 'unreachable':
      return <Unreachable retry={() => services.session.check()} />
    case 'out':
      return <SignedOutPages session={services.session} why={state.why} />
    case 'in':
      return <SignedInPages key={state.user.id} {...services} me={state.user} />
  }
}

function SignedOutPages({ session, why }: { session: Session; why: SignedOut }) {
  const [path] = useLocation()
  const wanted = why === 'chosen' || why === 'deleted' ? '/' : path + location.search + location.hash
  return (
    <Switch>
      <Route path="/login">
        <LoginPage session={session} why={why} />
      </Route>
      <Route path="/signup">
        <SignupPage session={session} />
      </Route>
      <Route>
        <Redirect to={withNext('/login', wanted)} replace />
      </Route>
    </Switch>
  )
}

function SignedInPages({ http, session, websocketUrl, me }: Services & { me: User }) {
  const [{ live, directory }] = useState(() => {
    const live = createLive({ http, url: websocketUrl, sessionEnded: () => session.ended() })
    return { live, directory: new Directory({ http, live, me }) }
  })
  useEffect(() => {
    const stopDirectory = directory.start()
    const stopLive = live.start()
    // Another tab may have logged in as somebody else: the cookie, and so the connection, is theirs now.
    const stopLooking = live.onMessage((message) => {
      if (message.type === 'welcome' && message.user.id !== me.id) void session.check()
    })
    return () => {
      stopLooking()
      stopDirectory()
      stopLive()
    }
  }, [live, directory, session, me])
  const search = useSearch()
  const status = <ConnectionStatus live={live} />
  return (
    <Switch>
      <Route path={/^\/(login|signup)\/?$/}>
        <Redirect to={nextPath(search, location.origin)} replace />
      </Route>
      <Route path="/.well-known/change-password">
        <Redirect to="/settings" replace />
      </Route>
      <Route>
        <Shell session={session}>
          <OutdatedNotice live={live} />
          <Switch>
            <Route path="/">
              <PeoplePage directory={directory} live={live} me={me} status={status} />
              {readAnnounce() && <Announcer live={live} me={me.id} />}
            </Route>
            <Route path="/settings">
              <SettingsPage http={http} session={session} me={me} status={status} />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Shell>
      </Route>
    </Switch>
  )
}

/** Who goes to another page arrives at its heading; a page with a field to fill in has the focus there already. */
function useArrival(): void {
  const [path] = useLocation()
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    if (document.activeElement instanceof HTMLInputElement) return
    document.querySelector('h1')?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])
}
