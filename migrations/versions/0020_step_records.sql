-- What steps came to, as it became known: a row holds from when it was written until another replaces it, and never changes otherwise.
create table step_record (
    id uuid not null constraint step_record_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint step_record_committee_fkey references committee,
    framework text not null,
    step text not null,
    number int not null,
    state text not null,
    since date,
    lapses_on date,
    replaced_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create unique index step_record_present on step_record (committee_id, step) where replaced_at is null;

create index step_record_committee on step_record (committee_id, created_at, id);

create index step_record_country on step_record (country_id, created_at, id);

create index step_record_municipality on step_record (municipality_id, created_at, id);

create index step_record_created on step_record (created_at, id);

create table waiver (
    id uuid not null constraint waiver_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint waiver_committee_fkey references committee,
    step text not null,
    reason text not null,
    starts_on date not null,
    ends_on date,
    document_id uuid,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint waiver_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "waiver-backwards" check (ends_on is null or ends_on > starts_on)
);

create index waiver_document on waiver (municipality_id, document_id) where document_id is not null;

create index waiver_committee on waiver (committee_id, starts_on, id);

create index waiver_starts on waiver (starts_on, id);

-- When a committee's steps are to be judged again: on a day that follows from its facts, or at once because a fact changed.
create table step_due (
    committee_id uuid not null constraint step_due_pkey primary key constraint step_due_committee_fkey references committee on delete cascade,
    due_on date not null
);

create index step_due_on on step_due (due_on);

-- Up to which transaction the clock has read the changes, and in which life of the database: after a restore numbers begin anew.
create table clock_mark (
    what text not null constraint clock_mark_pkey primary key,
    xid xid8 not null,
    epoch text not null
);

insert into clock_mark (what, xid, epoch) values ('steps', '0', '');

-- Committees to judge now, at most `most`: those whose day has come, those never judged, and, by the feed, those of whose municipalities
-- something changed that steps are judged by. What a transaction that still runs will have changed is found the next time.
create function app.steps_due(nouns text[], today date, most int) returns setof uuid language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare
  seen constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  mark xid8;
  touched int[];
begin
  select case when m.epoch = app.epoch() then m.xid else '0' end into mark from clock_mark m where m.what = 'steps' for update;
  update clock_mark set xid = seen, epoch = app.epoch() where what = 'steps';
  touched := array(select distinct c.municipality_id from change c
    where c.xid >= mark and c.xid < seen and c.noun = any(nouns) and c.municipality_id > 0 and c.action <> 'read-personal');
  insert into step_due (committee_id, due_on)
    select t.id, today from committee t
    where t.municipality_id = any(array(select s from unnest(touched) m, unnest(app.with_successors(m)) s)) or t.covers && touched
      or not exists (select from step_due d where d.committee_id = t.id)
    on conflict (committee_id) do update set due_on = least(step_due.due_on, excluded.due_on);
  return query select d.committee_id from step_due d where d.due_on <= today order by d.due_on, d.committee_id limit most;
end $$;

create function app.steps_judged(committees uuid[], following date[]) returns void language sql volatile security definer set search_path = public, pg_temp
as $$ update step_due d set due_on = f.day from unnest(committees, following) f (id, day) where d.committee_id = f.id $$;
