create table body (
    id uuid not null constraint body_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint body_committee_fkey references committee,
    kind text not null,
    name text not null,
    topic text,
    parent_id uuid constraint body_parent_fkey references body,
    starts_on date not null,
    ends_on date,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "body-backwards" check (ends_on is null or ends_on > starts_on),
    constraint "plenary-exists" exclude using gist
        (municipality_id with =, committee_id with =, daterange(starts_on, ends_on) with &&) where (kind = 'plenary')
);

create index body_committee on body (committee_id, id);

create table seat (
    id uuid not null constraint seat_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint seat_committee_fkey references committee,
    body_id uuid not null constraint seat_body_fkey references body,
    sector text not null,
    role text not null,
    label text,
    voting boolean not null,
    display text not null,
    starts_on date not null,
    ends_on date,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "seat-backwards" check (ends_on is null or ends_on > starts_on)
);

create index seat_committee on seat (committee_id, id);

create index seat_municipality on seat (municipality_id, id);

-- Names and contacts of members live here and nowhere else; everything else carries the id, and an erased person keeps theirs.
create table person (
    id uuid not null constraint person_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint person_committee_fkey references committee,
    name text,
    email text,
    phone text,
    groups text[] not null default '{}',
    languages text[] not null default '{}',
    publish_consent boolean not null default false,
    erased_at timestamptz,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "person-erased" check ((name is null) = (erased_at is not null) and (erased_at is null or (email is null and phone is null
        and groups = '{}' and languages = '{}' and not publish_consent)))
);

create index person_committee on person (committee_id, id);

create table term (
    id uuid not null constraint term_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint term_committee_fkey references committee,
    body_id uuid not null constraint term_body_fkey references body,
    seat_id uuid not null constraint term_seat_fkey references seat,
    person_id uuid constraint term_person_fkey references person,
    on_behalf_of_id uuid constraint term_on_behalf_of_fkey references organisation,
    alternate boolean not null default false,
    selection text not null,
    starts_on date not null,
    ends_on date,
    end_reason text,
    instrument_id uuid constraint term_instrument_fkey references council_instrument,
    document_id uuid,
    voided_at timestamptz,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint term_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "term-of-nobody" check (person_id is not null or on_behalf_of_id is not null),
    constraint "term-backwards" check (ends_on is null or ends_on > starts_on),
    constraint "seat-taken" exclude using gist
        (municipality_id with =, seat_id with =, daterange(starts_on, ends_on) with &&) where (not alternate and voided_at is null),
    constraint "alternate-taken" exclude using gist
        (municipality_id with =, seat_id with =, daterange(starts_on, ends_on) with &&) where (alternate and voided_at is null),
    constraint "seated-already" exclude using gist
        (municipality_id with =, body_id with =, person_id with =, daterange(starts_on, ends_on) with &&)
        where (not alternate and voided_at is null and person_id is not null)
);

create index term_document on term (municipality_id, document_id) where document_id is not null;

create index term_committee on term (committee_id, starts_on, id);

create index term_municipality on term (municipality_id, starts_on, id);

create index term_country on term (country_id, starts_on, id);

create index term_person on term (person_id) where person_id is not null;

-- How many holders of seats said that they are of each group, and under '' how many said anything: counts are all that leaves the table of
-- persons this way, and only of committees that the caller reads.
create function app.groups_of(committee uuid, on_day date) returns table (code text, members int) language sql stable security definer
set search_path = public, pg_temp as $$
    with holder as (
        select distinct p.id, p.groups from term t join person p on p.id = t.person_id
        where t.committee_id = committee and not t.alternate and t.voided_at is null and p.erased_at is null
          and t.starts_on <= on_day and (t.ends_on is null or t.ends_on > on_day)
          and (t.country_id = any((select app.read_countries())::int[]) or t.municipality_id = any((select app.read_municipalities())::int[])))
    select g, count(*)::int from holder, unnest(groups) g group by g
    union all select '', count(*)::int from holder where cardinality(groups) > 0 $$
