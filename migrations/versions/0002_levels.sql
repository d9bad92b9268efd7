create table country (
    id int not null constraint country_pkey primary key,
    iso2 text not null constraint country_iso2_key unique,
    iso3 text not null constraint country_iso3_key unique,
    name text not null,
    name_es text not null,
    name_pt text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    tenant boolean not null,
    languages text[] not null,
    currency text not null,
    policing text,
    prevention_law text,
    committee_name text,
    sources text,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table admin1 (
    id int not null constraint admin1_pkey primary key,
    country_id int not null constraint admin1_country_fkey references country,
    code text not null constraint admin1_code_key unique,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    kind text not null,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table municipality (
    id int not null constraint municipality_pkey primary key,
    country_id int not null constraint municipality_country_fkey references country,
    admin1_id int constraint municipality_admin1_fkey references admin1,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    kind text not null,
    status text not null,
    valid_from date,
    valid_to date,
    lat double precision,
    lon double precision,
    coordinates_source text,
    notes text,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "validity-backwards" check (valid_to is null or valid_from is null or valid_to > valid_from)
);

create index municipality_name on municipality (name_key, id);

create index municipality_country_name on municipality (country_id, name_key, id);

create index municipality_admin1_name on municipality (admin1_id, name_key, id);

create index municipality_name_trgm on municipality using gin (name_key gin_trgm_ops);

create table succession (
    id uuid not null constraint succession_pkey primary key,
    country_id int not null constraint succession_country_fkey references country,
    predecessor_id int not null constraint succession_predecessor_fkey references municipality,
    successor_id int not null constraint succession_successor_fkey references municipality,
    kind text not null,
    effective_on date not null,
    share numeric not null constraint "share-out-of-range" check (share > 0 and share <= 1),
    principal boolean not null,
    district_name text,
    instrument text,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "succession-exists" unique (predecessor_id, successor_id),
    constraint "succeeds-itself" check (predecessor_id <> successor_id)
);

create index succession_successor on succession (successor_id, id);

create table scheme (
    slug text not null constraint scheme_pkey primary key,
    title text not null,
    publisher text,
    url text,
    note text,
    organisation_id uuid,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- Every code of everything, once: what `scheme:value` in an address or in a file is looked up in. The rows carry a stored copy.
create table external_id (
    noun text not null,
    scheme text not null,
    value text not null,
    thing text not null,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    constraint "external-id-taken" primary key (scheme, value, noun)
);

create index external_id_thing on external_id (noun, thing);

create table organisation (
    id uuid not null constraint organisation_pkey primary key,
    country_id int constraint organisation_country_fkey references country,
    municipality_id int constraint organisation_municipality_fkey references municipality,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    short_name text,
    classification text not null,
    website text,
    starts_on date,
    ends_on date,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index organisation_name on organisation (name_key, id);

create index organisation_country on organisation (country_id, name_key, id);

-- The integer key of an association; everything that is said of it is said of its organisation.
create table association (
    id int not null constraint association_pkey primary key,
    organisation_id uuid not null constraint association_organisation_key unique constraint association_organisation_fkey references organisation,
    country_id int not null constraint association_country_fkey references country,
    notes text,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index association_country on association (country_id, id);

create table programme (
    id uuid not null constraint programme_pkey primary key,
    code text not null constraint "programme-code-taken" unique,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    name_es text not null,
    name_pt text not null,
    description text,
    starts_on date,
    ends_on date,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table affiliation (
    id uuid not null constraint affiliation_pkey primary key,
    country_id int not null,
    municipality_id int not null constraint affiliation_municipality_fkey references municipality,
    association_id int not null constraint affiliation_association_fkey references association,
    organisation_id uuid not null,
    starts_on date not null,
    ends_on date,
    state text not null,
    proposed_by text not null,
    decided_by text,
    act_reference text,
    act_sha256 text,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "affiliation-backwards" check (ends_on is null or ends_on > starts_on),
    constraint "affiliation-overlaps" exclude using gist
        (municipality_id with =, association_id with =, daterange(starts_on, ends_on) with &&) where (state <> 'declined')
);

create index affiliation_association on affiliation (association_id, starts_on, municipality_id);

create index affiliation_starts on affiliation (starts_on, id);

create table participation (
    id uuid not null constraint participation_pkey primary key,
    programme_id uuid not null constraint participation_programme_fkey references programme,
    level text not null,
    country_id int not null constraint participation_country_fkey references country,
    municipality_id int constraint participation_municipality_fkey references municipality,
    association_id int constraint participation_association_fkey references association,
    starts_on date not null,
    ends_on date,
    basis text not null,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "participation-backwards" check (ends_on is null or ends_on > starts_on),
    constraint "participation-unit" check ((level = 'municipality') = (municipality_id is not null) and (level = 'association') = (association_id is not null)),
    constraint "participation-overlaps" exclude using gist (programme_id with =, level with =, country_id with =,
        coalesce(municipality_id, 0) with =, coalesce(association_id, 0) with =, daterange(starts_on, ends_on) with &&)
);

create index participation_programme on participation (programme_id, level, starts_on);

create index participation_starts on participation (starts_on, id);

-- The predecessors of a municipality, itself included. Rows never move: what a predecessor recorded is read under its successor.
create function app.with_predecessors(municipality int) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select municipality union select s.predecessor_id from succession s join line on s.successor_id = line.id)
       select array_agg(id) from line $$;

create function app.written_with(municipality int) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select municipality union select s.predecessor_id from succession s join line on s.successor_id = line.id and s.principal)
       select array_agg(id) from line $$;

create function app.with_successors(municipality int) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select municipality union select s.successor_id from succession s join line on s.predecessor_id = line.id)
       select array_agg(id) from line $$;

-- The municipalities an association reaches on a day: confirmed affiliations of that day, each with its predecessors.
create function app.affiliated(association int, on_day date) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select a.municipality_id from affiliation a where a.association_id = association and a.state = 'confirmed' and a.starts_on <= on_day and (a.ends_on is null or a.ends_on > on_day)
         union select s.predecessor_id from succession s join line on s.successor_id = line.id)
       select coalesce(array_agg(id), '{}') from line $$;

-- How many municipalities an association has on a day, predecessors not counted.
create function app.members(association int, on_day date) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select count(*)::int from affiliation a where a.association_id = association and a.state = 'confirmed' and a.starts_on <= on_day and (a.ends_on is null or a.ends_on > on_day) $$;

create function app.associations_of(municipalities int[], on_day date) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ select coalesce(array_agg(distinct a.association_id), '{}') from affiliation a where a.municipality_id = any(municipalities) and a.state = 'confirmed'
      and a.starts_on <= on_day and (a.ends_on is null or a.ends_on > on_day) $$;

create function app.participating(programme uuid, on_day date) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select p.municipality_id from participation p where p.programme_id = programme and p.level = 'municipality' and p.starts_on <= on_day and (p.ends_on is null or p.ends_on > on_day)
         union select s.predecessor_id from succession s join line on s.successor_id = line.id)
       select coalesce(array_agg(id), '{}') from line $$;

-- What an address names: a key, or `scheme:value`; null where there is no such thing.
create function app.municipality_of(address text) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select case when address ~ '^\d{1,9}$' then (select id from municipality where id = address::int)
                  else (select thing::int from external_id where noun = 'municipality' and scheme = split_part(address, ':', 1)
                        and value = substr(address, strpos(address, ':') + 1)) end $$;

create function app.country_of(address text) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select id from country where id::text = address or iso2 = upper(address) or iso3 = upper(address) $$;

create function app.association_of(address text) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select case when address ~ '^\d{1,9}$' then (select id from association where id = address::int)
                  else (select thing::int from external_id where noun = 'association' and scheme = split_part(address, ':', 1)
                        and value = substr(address, strpos(address, ':') + 1)) end $$;

create function app.programme_of(address text) returns uuid language sql stable security definer set search_path = public, pg_temp
as $$ select id from programme where code = lower(address) or id::text = lower(address) $$
