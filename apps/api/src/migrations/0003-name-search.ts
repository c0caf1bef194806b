import { type Kysely, sql } from 'kysely'

/** Where pg_trgm cannot be had (not installed, or no right to), search goes without an index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$
    begin
      create extension if not exists pg_trgm;
      create index users_by_part_of_name on users using gin (username_key gin_trgm_ops);
    exception
      when insufficient_privilege or undefined_file or undefined_object or feature_not_supported then
        raise notice 'no index for search: %', sqlerrm;
    end $$`.execute(db)
}
