import { type Kysely, sql } from 'kysely'

/**
 * Search by part of a name, in name order: every place of a name gives its next three characters (fewer at the end) beside the whole name.
 * A page of matches is then one stretch of an index, however many users there are and however common the part is. pg_trgm cannot: its
 * index knows no order, so a common part has all its matches fetched and sorted, and depends on the locale for what a letter is.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table name_grams (
      gram text collate "C" not null,
      username_key text collate "C" not null,
      primary key (gram, username_key)
    )`.execute(db)

  await sql`
    create function grams_of(name text) returns setof text language sql immutable parallel safe as $$
      select distinct substr(name, place, 3) from generate_series(1, length(name)) place
    $$`.execute(db)
  await sql`
    insert into name_grams
    select gram, username_key from users, grams_of(username_key) gram order by 1, 2`.execute(db)

  // Plans are kept from the first call on, when the table may be empty: written so that only one plan is left, that by the index.
  await sql`
    create function index_names() returns trigger language plpgsql set enable_seqscan = off as $$
    declare name text;
    begin
      if tg_op = 'INSERT' then
        insert into name_grams
        select gram, username_key from changed, grams_of(username_key) gram order by 1, 2;
      elsif tg_op = 'DELETE' then
        for name in select username_key from changed loop
          delete from name_grams where gram = any (array(select grams_of(name))) and username_key = name;
        end loop;
      else
        truncate name_grams;
      end if;
      return null;
    end $$`.execute(db)
  await sql`
    create trigger users_added_to_search after insert on users
    referencing new table as changed for each statement execute function index_names()`.execute(db)
  await sql`
    create trigger users_removed_from_search after delete on users
    referencing old table as changed for each statement execute function index_names()`.execute(db)
  await sql`
    create trigger users_emptied_from_search after truncate on users
    for each statement execute function index_names()`.execute(db)
}
