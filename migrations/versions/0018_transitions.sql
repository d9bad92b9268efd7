create table office_term (
    id uuid not null constraint office_term_pkey primary key,
    country_id int not null constraint office_term_country_fkey references country,
    municipality_id int not null constraint office_term_municipality_fkey references municipality,
    starts_on date not null,
    ends_on date not null,
    election_on date,
    person_id uuid constraint office_term_person_fkey references person,
    ended_by text,
    reference text,
    instrument_id uuid constraint office_term_instrument_fkey references council_instrument,
    document_id uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint office_term_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "office-term-backwards" check (ends_on > starts_on),
    constraint "office-terms-overlap" exclude using gist (municipality_id with =, daterange(starts_on, ends_on) with &&)
);

create index office_term_starts on office_term (starts_on, id);

create index office_term_municipality on office_term (municipality_id, starts_on, id);

create index office_term_country on office_term (country_id, starts_on, id);

create index office_term_document on office_term (municipality_id, document_id) where document_id is not null;

create index office_term_person on office_term (person_id) where person_id is not null;

-- Days on which a country's law refuses acts, such as publishing, because an election is near.
create table blackout_window (
    id uuid not null constraint blackout_window_pkey primary key,
    country_id int not null constraint blackout_window_country_fkey references country,
    starts_on date not null,
    ends_on date not null,
    acts text[] not null,
    legal_basis text not null,
    note text,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "blackout-backwards" check (ends_on > starts_on),
    constraint "blackout-of-nothing" check (cardinality(acts) > 0)
);

create index blackout_window_starts on blackout_window (starts_on, id);

create index blackout_window_country on blackout_window (country_id, starts_on, id);

-- What follows the end of a term of office: one for each, made with it. `turns_on` is the day on which it ends.
create table transition (
    id uuid not null constraint transition_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    office_term_id uuid not null constraint transition_office_term_fkey references office_term,
    turns_on date not null,
    state text not null,
    due_on date,
    frozen_on date,
    turned_at timestamptz,
    lines jsonb not null default '[]',
    proposed_by uuid,
    proposed_at timestamptz,
    approved_by uuid,
    approved_at timestamptz,
    accepted_by uuid,
    accepted_at timestamptz,
    reratified_on date,
    reratified_by text,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "transition-exists" unique (municipality_id, office_term_id),
    constraint "approved-alone" check (approved_by is null or proposed_by is null or approved_by <> proposed_by)
);

create index transition_turns on transition (turns_on, id);

create index transition_municipality on transition (municipality_id, turns_on, id);

create index transition_country on transition (country_id, turns_on, id);

create index transition_due on transition (due_on) where due_on is not null;

-- What is handed over, as it stood when it was frozen: never changed. `body` are the bytes that were hashed and signed; who they name is not
-- in them: `persons` are ids, resolved when the incoming office reads them, so that who was erased is gone from here too.
create table handover_file (
    id uuid not null constraint handover_file_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    transition_id uuid not null constraint handover_file_transition_fkey references transition,
    body text not null,
    sha256 text not null,
    kid text not null,
    signature text not null,
    lines jsonb not null default '[]',
    persons uuid[] not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "handover-file-exists" unique (municipality_id, transition_id)
);

-- The scope of the house itself, for what changes because time passes and for what somebody may set going and not do alone: every unit, and
-- no name. The caller's own scope is put back with app.back.
create function app.enter_house(who uuid, request_id text) returns text language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare
  before constant text := coalesce(nullif(current_setting('app.scope', true), ''), '||none||||||||||');
  countries constant text := (select coalesce(array_agg(c.id), '{}')::text from country c);
  organisations constant text := (select coalesce(array_agg(o.id), '{}')::text
    from (select p.id from programme p union select a.organisation_id from association a) o);
begin
  execute format('set local app.scope = %L', concat_ws('|', who, request_id, 'write', countries, '{}', organisations, countries, '{}',
    organisations, '{}', '{}', '{}', '{}'));
  return before;
end $$;

create function app.back(before text) returns void language plpgsql volatile
as $$ begin execute format('set local app.scope = %L', before); end $$
