create table committee (
    id uuid not null constraint committee_pkey primary key,
    country_id int not null constraint committee_country_fkey references country,
    municipality_id int not null constraint committee_municipality_fkey references municipality,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    covers int[] not null default '{}',
    framework text not null,
    note text,
    external_ids jsonb not null default '{}',
    state text not null,
    reason text not null,
    due_on date,
    convened_on date,
    launched_on date,
    legalised_on date,
    dissolved_on date,
    last_session_on date,
    sessions_per_year int,
    declared text[] not null default '{}',
    legalised_by uuid,
    dissolved_by uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "milestones-backwards" check ((launched_on is null or convened_on is null or launched_on >= convened_on)
        and (legalised_on is null or launched_on is null or legalised_on >= launched_on)
        and (dissolved_on is null or dissolved_on >= greatest(convened_on, launched_on, legalised_on)))
);

create index committee_name on committee (name_key, id);

create index committee_country on committee (country_id, name_key, id);

create index committee_municipality on committee (municipality_id, name_key, id);

create index committee_due on committee (due_on) where due_on is not null;

create table council_instrument (
    id uuid not null constraint council_instrument_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint council_instrument_committee_fkey references committee,
    kind text not null,
    purpose text not null,
    title text,
    number text,
    council_date date,
    votes_for int,
    votes_against int,
    votes_abstain int,
    gazette text,
    document_id uuid,
    external_ids jsonb not null default '{}',
    state text not null,
    repealed_on date,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint council_instrument_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "instrument-without-number" check (state = 'proposed' or state = 'rejected' or (number is not null and council_date is not null)),
    constraint "repealed-before-approved" check (repealed_on is null or repealed_on >= council_date)
);

create index council_instrument_document on council_instrument (municipality_id, document_id) where document_id is not null;

create index council_instrument_committee on council_instrument (committee_id, id);

create index council_instrument_municipality on council_instrument (municipality_id, id);

alter table committee
    add constraint committee_legalised_fkey foreign key (legalised_by) references council_instrument,
    add constraint committee_dissolved_fkey foreign key (dissolved_by) references council_instrument;

-- What was before a committee joined: dated, with a document, exempt from every gate and shown as declared.
create table declaration (
    id uuid not null constraint declaration_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint declaration_committee_fkey references committee,
    kind text not null,
    happened_on date not null,
    description text not null,
    reference text,
    document_id uuid,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint declaration_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "declaration-without-document" check (reference is not null or document_id is not null)
);

create index declaration_document on declaration (municipality_id, document_id) where document_id is not null;

create index declaration_committee on declaration (committee_id, happened_on, id);

create index declaration_happened on declaration (happened_on, id);

create table bylaws (
    id uuid not null constraint bylaws_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint bylaws_committee_fkey references committee,
    number int not null,
    rules jsonb not null,
    note text,
    document_id uuid,
    findings jsonb not null default '{}',
    words jsonb not null default '{}',
    state text not null,
    instrument_id uuid constraint bylaws_instrument_fkey references council_instrument,
    in_force_from date,
    in_force_to date,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint bylaws_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "bylaws-number-taken" unique (municipality_id, committee_id, number),
    constraint "bylaws-backwards" check (in_force_to is null or in_force_to > in_force_from),
    constraint "bylaws-unapproved" check ((state = 'approved') = (in_force_from is not null and instrument_id is not null)),
    constraint "bylaws-overlap" exclude using gist
        (municipality_id with =, committee_id with =, daterange(in_force_from, in_force_to) with &&) where (state = 'approved')
);

create index bylaws_document on bylaws (municipality_id, document_id) where document_id is not null;

create index bylaws_committee on bylaws (committee_id, number)
