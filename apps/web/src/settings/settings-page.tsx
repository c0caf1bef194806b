import './settings.css'
import type { RollcallHttp } from '@rollcall/client'
import type { User } from '@rollcall/protocol'
import { useState } from 'react'
import type { ReactNode } from 'react'

import type { Session } from '../platform/session.ts'
import { PageHeading } from '../ui/page-heading.tsx'
import { AccountSection } from './account-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { Devices } from './devices.ts'
import { DevicesSection } from './devices-section.tsx'
import { PasswordSection } from './password-section.tsx'

export function SettingsPage({
  http,
  session,
  me,
  status,
}: {
  http: RollcallHttp
  session: Session
  me: User
  status: ReactNode
}) {
  const [devices] = useState(() => new Devices({ http }))
  return (
    <>
      <PageHeading title="Settings">{status}</PageHeading>
      <div className="settings">
        <p className="muted">
          You are logged in as <bdi className="settings-name">{me.username}</bdi>.
        </p>
        <DevicesSection devices={devices} />
        <PasswordSection http={http} username={me.username} onChanged={() => void devices.load()} />
        <AppearanceSection />
        <AccountSection session={session} username={me.username} />
      </div>
    </>
  )
}
