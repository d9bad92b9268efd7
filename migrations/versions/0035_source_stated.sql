-- Whether anybody stated a value of an indicator, or by a source, broken down or whole, seen by whoever asks or not.
create or replace function app.indicator_stated(indicator int) returns boolean language sql stable security definer
set search_path = public, pg_temp
as $$ select exists (select from figure f where f.indicator_id = indicator)
  or exists (select from observation o where o.indicator_id = indicator) $$;

create function app.source_stated(source int) returns boolean language sql stable security definer
set search_path = public, pg_temp
as $$ select exists (select from figure f where f.source_id = source)
  or exists (select from observation o where o.source_id = source) $$
