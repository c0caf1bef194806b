import { type Kysely, sql } from 'kysely'

/** Counting a million rows takes as long as reading them: triggers keep the number, once a statement. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table head_count (
      one boolean primary key default true check (one),
      total bigint not null default 0
    )`.execute(db)
  await sql`insert into head_count (total) select count(*) from users`.execute(db)

  await sql`
    create function count_heads() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        update head_count set total = total + (select count(*) from changed);
      elsif tg_op = 'DELETE' then
        update head_count set total = total - (select count(*) from changed);
      else
        update head_count set total = 0;
      end if;
      return null;
    end $$`.execute(db)
  await sql`
    create trigger users_added after insert on users
    referencing new table as changed for each statement execute function count_heads()`.execute(db)
  await sql`
    create trigger users_removed after delete on users
    referencing old table as changed for each statement execute function count_heads()`.execute(db)
  await sql`
    create trigger users_emptied after truncate on users
    for each statement execute function count_heads()`.execute(db)
}
