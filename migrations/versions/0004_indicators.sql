-- Catalogue keys are small integers inside: an observation repeats them, and at tens of millions of rows twelve bytes less per key is the
-- difference between an index in memory and one on disk. Outside an indicator or a source is addressed by its code.
create table indicator (
    id int not null constraint indicator_pkey primary key,
    code text not null constraint "indicator-code-taken" unique,
    label_en text not null,
    label_es text not null,
    label_pt text not null,
    definition text,
    unit text not null,
    direction text not null,
    iccs text,
    sdg text,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table source (
    id int not null constraint source_pkey primary key,
    code text not null constraint "source-code-taken" unique,
    name text not null,
    kind text not null,
    counting_unit text not null,
    country_id int constraint source_country_fkey references country,
    url text,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);


create table population (
    municipality_id int not null,
    year int not null,
    source_id int not null constraint population_source_fkey references source,
    country_id int not null,
    value bigint not null constraint "population-negative" check (value >= 0),
    import_id uuid,
    row_number int,
    assisted boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint population_pkey primary key (municipality_id, year, source_id)
);

create index population_country on population (country_id, municipality_id, year, source_id);

create table observation (
    municipality_id int not null,
    indicator_id int not null constraint observation_indicator_fkey references indicator,
    source_id int not null constraint observation_source_fkey references source,
    period_on date not null,
    frequency text not null constraint "frequency-unknown" check (frequency in ('A', 'Q', 'M')),
    dims text not null default '',
    country_id int not null,
    value numeric constraint "value-negative" check (value >= 0),
    status text not null,
    assisted boolean not null default false,
    import_id uuid,
    row_numbers int[],
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint observation_pkey primary key (municipality_id, indicator_id, source_id, period_on, frequency, dims)
) partition by range (period_on);

create index observation_country on observation (country_id, period_on, municipality_id, indicator_id, source_id, frequency, dims);

-- What a restatement replaced: who, when, why and what stood there.
create table observation_revision (
    municipality_id int not null,
    indicator_id int not null,
    source_id int not null,
    period_on date not null,
    frequency text not null,
    dims text not null,
    revision int not null,
    country_id int not null,
    value numeric,
    status text not null,
    import_id uuid,
    row_numbers int[],
    replaced_at timestamptz not null,
    replaced_by uuid,
    replaced_import_id uuid,
    constraint observation_revision_pkey primary key (municipality_id, indicator_id, source_id, period_on, frequency, dims, revision)
) partition by range (period_on);

-- The summary that every computed answer reads: one row an indicator, source, municipality and year. Recomputed from observation by
-- the statement in api/domain/indicator/figures.py, in the transaction that wrote.
create table figure (
    municipality_id int not null,
    indicator_id int not null,
    source_id int not null,
    year int not null,
    country_id int not null,
    total numeric not null,
    months int not null,
    by_month numeric[],
    constraint figure_pkey primary key (municipality_id, indicator_id, source_id, year)
);

create index figure_country on figure (indicator_id, source_id, country_id, year);

create table import (
    id uuid not null constraint import_pkey primary key,
    principal_id uuid not null,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    kind text not null,
    reader text not null,
    source text,
    file_name text,
    file_sha256 text not null,
    bytes bigint not null,
    dry_run boolean not null,
    state text not null,
    report jsonb not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index import_created on import (created_at, id);

-- Rows whose place is not known yet: kept whole, with what they would become, until a person says which place is meant.
create table parked (
    id uuid not null constraint parked_pkey primary key,
    import_id uuid not null constraint parked_import_fkey references import,
    principal_id uuid not null,
    country_id int not null default 0,
    source_id int,
    place text not null,
    row_count int not null,
    rows jsonb not null,
    assigned_municipality_id int,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index parked_import on parked (import_id, id);

-- What a person once said a source means by a place.
create table place_match (
    source_id int not null,
    place text not null,
    country_id int not null,
    municipality_id int not null,
    constraint place_match_pkey primary key (source_id, place, country_id)
);

select app.partition('observation', 2000, 2036);

select app.partition('observation_revision', 2000, 2036)
