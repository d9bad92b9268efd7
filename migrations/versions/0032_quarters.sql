-- Which quarter has begun, as far as the clock has taken it in: up to it, what stands at the end of a quarter is counted.
alter table clock_mark add column day date;

insert into clock_mark (what, xid, epoch) values ('quarters', '0', '');

-- Where a quarter has begun since this was last asked: the first day of the one that was then. The first to ask is told.
create function app.begin_quarter(today date) returns date language sql volatile security definer set search_path = public, pg_temp
as $$
  update clock_mark set day = date_trunc('quarter', today)::date
  where what = 'quarters' and coalesce(day < date_trunc('quarter', today)::date, true)
  returning coalesce(old.day, '1900-01-01')
$$;

create function app.quarter_begun() returns date language sql stable security definer set search_path = public, pg_temp
as $$ select day from clock_mark where what = 'quarters' $$
