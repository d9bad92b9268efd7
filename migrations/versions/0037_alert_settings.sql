-- The days before its day on which a rule alerts in a country, where they are not those that come with the service.
create table alert_setting (
    id uuid not null constraint alert_setting_pkey primary key,
    country_id int not null constraint alert_setting_country_fkey references country,
    rule text not null,
    days int not null,
    basis text not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "rule-already-set" unique (country_id, rule)
);

create index alert_setting_rule on alert_setting (rule, id);

create index alert_setting_country on alert_setting (country_id, rule, id);

-- What is written of a whole country makes all of its committees due.
create or replace function app.steps_due(nouns text[], today date, most int) returns setof uuid language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  seen constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  mark xid8;
  touched int[];
  countries int[];
begin
  select case when m.epoch = app.epoch() then m.xid else '0' end into mark from clock_mark m where m.what = 'steps' for update;
  update clock_mark set xid = seen, epoch = app.epoch() where what = 'steps';
  select array_agg(distinct c.municipality_id) filter (where c.municipality_id > 0),
    array_agg(distinct c.country_id) filter (where c.municipality_id = 0 and c.country_id > 0) into touched, countries
  from change c where c.xid >= mark and c.xid < seen and c.noun = any(nouns) and c.action <> 'read-personal';
  insert into step_due (committee_id, due_on)
    select t.id, today from committee t
    where t.municipality_id = any(array(select s from unnest(touched) m, unnest(app.with_successors(m)) s)) or t.covers && touched
      or t.country_id = any(countries) or not exists (select from step_due d where d.committee_id = t.id)
    on conflict (committee_id) do update set due_on = least(step_due.due_on, excluded.due_on);
  return query select d.committee_id from step_due d where d.due_on <= today order by d.due_on, d.committee_id limit most;
end $$
