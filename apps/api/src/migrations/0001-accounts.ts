import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id text primary key,
      username text not null,
      username_key text collate "C" not null unique,
      password_hash text,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz
    )`.execute(db)

  await sql`
    create table sessions (
      id text primary key,
      token_hash text not null unique,
      user_id text not null references users on delete cascade,
      created_at timestamptz not null default now(),
      last_used_at timestamptz not null default now(),
      expires_at timestamptz not null,
      user_agent text,
      data jsonb not null
    )`.execute(db)
  await sql`create index sessions_of_user on sessions (user_id)`.execute(db)
  await sql`create index sessions_by_expiry on sessions (expires_at)`.execute(db)
}
