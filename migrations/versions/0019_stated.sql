-- Whether anybody stated a value of an indicator that is kept in the summary, seen by whoever asks or not: what a definition means is the
-- same for all who state values of it.
create function app.indicator_stated(indicator int) returns boolean language sql stable security definer
set search_path = public, pg_temp
as $$ select exists (select from figure f where f.indicator_id = indicator) $$
