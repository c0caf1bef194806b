import './shell.css'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'

import { faultsOf } from './platform/faults.ts'
import type { Session } from './platform/session.ts'
import { FormAlert } from './ui/field.tsx'
import { Mark } from './ui/icons.tsx'

/** What stands around every page of somebody who is logged in. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const [fault, setFault] = useState<string>()
  const logOut = async (): Promise<void> => {
    setFault(undefined)
    try {
      await session.logOut()
    } catch (error) {
      setFault(`You are still logged in. ${faultsOf(error, []).form ?? ''}`)
    }
  }
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="top-inner">
          <Link href="/" className="top-brand">
            <Mark />
            <span className="top-brand-word">Rollcall</span>
          </Link>
          <nav className="top-nav" aria-label="Pages">
            <PageLink href="/">People</PageLink>
            <PageLink href="/settings">Settings</PageLink>
          </nav>
          <button type="button" className="button button-small" onClick={() => void logOut()}>
            Log out
          </button>
        </div>
        {fault !== undefined && (
          <div className="page top-alert">
            <FormAlert>{fault}</FormAlert>
          </div>
        )}
      </header>
      <main className="page" id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

function PageLink({ href, children }: { href: string; children: ReactNode }) {
  const [path] = useLocation()
  return (
    <Link href={href} className="top-link" aria-current={path === href ? 'page' : undefined}>
      {children}
    </Link>
  )
}
