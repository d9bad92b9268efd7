alter table indicator
    add column numerator text,
    add column denominator text,
    add column adds_over_time text not null default 'sum',
    add column adds_over_area text not null default 'sum',
    add column iati text,
    add column framework text,
    add column sensitive boolean not null default false,
    add column origin text not null default 'reported',
    add column country_id int constraint indicator_country_fkey references country;

-- Keys of those that a region or country adds; the data files use the numbers below.
create sequence indicator_number start 100000;

create sequence source_number start 100000;

-- One number space of places: countries have their ISO number (below 1000), first levels country * 100 + n, municipalities country * 10000 + n.
-- What an office could not place better than in a first level ("No especificado") is of the territory country * 10000 + 9900 + n.
create function app.unspecified_of(admin1 int) returns int language sql immutable parallel safe
as $$ select admin1 / 100 * 10000 + 9900 + admin1 % 100 $$;

-- Whether figures of a place are added up: those of municipalities and of the unplaced rest; a country's own stand beside the sum.
create function app.adds_up(territory int) returns boolean language sql immutable parallel safe as $$ select territory >= 100000 $$;

create function app.is_municipality(territory int) returns boolean language sql immutable parallel safe
as $$ select territory >= 100000 and territory % 10000 < 9900 $$;

create view territory with (security_invoker = true) as
select id, 'municipality' as kind, country_id, admin1_id, name from municipality
union all select id, 'admin1', country_id, id, name from admin1
union all select app.unspecified_of(id), 'unspecified', country_id, id, name from admin1
union all select id, 'country', id, null, name from country;

-- When what was written became known. A writer takes a number at once and its instant at the very end, one after the other, so that the
-- instants rise in the order of the commits: what is known at an instant never changes.
create sequence recording_number;

create table recording (
    recording_id bigint not null,
    country_id int not null,
    at timestamptz not null,
    constraint recording_pkey primary key (recording_id, country_id)
);

create index recording_at on recording (at);

create index recording_country on recording (country_id, at);

create function app.record(number bigint, country int) returns timestamptz language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare stamped timestamptz;
begin
    perform pg_advisory_xact_lock(7310);
    select greatest(clock_timestamp(), max(r.at) + interval '1 microsecond') into stamped from recording r;
    insert into recording (recording_id, country_id, at) values (number, country, stamped) on conflict (recording_id, country_id) do nothing;
    return stamped;
end $$;

alter table population rename column municipality_id to territory_id;

alter table population drop column assisted;

alter table population add column recording_id bigint not null default 0;

create table population_revision (
    territory_id int not null,
    year int not null,
    source_id int not null,
    revision int not null,
    country_id int not null,
    value bigint not null,
    import_id uuid,
    row_number int,
    recording_id bigint not null,
    replaced_at timestamptz not null,
    replaced_by uuid,
    replaced_import_id uuid,
    replaced_recording_id bigint not null,
    constraint population_revision_pkey primary key (territory_id, year, source_id, revision)
);

-- Which residents stand under which years, kept by the statement in api/domain/indicator/figures.py.
create table denominator (
    territory_id int not null,
    from_year int not null,
    to_year int not null,
    country_id int not null,
    value bigint not null,
    population_year int not null,
    source_id int not null,
    constraint denominator_pkey primary key (territory_id, from_year)
);

create index denominator_country on denominator (country_id, territory_id, from_year);

alter table observation rename column municipality_id to territory_id;

alter table observation
    add column recorded_by uuid,
    add column recording_id bigint not null default 0,
    add constraint "value-or-status" check ((value is null) = (status in ('M', 'Q')));

alter table observation_revision rename column municipality_id to territory_id;

alter table observation_revision
    add column assisted boolean not null default false,
    add column recorded_by uuid,
    add column recording_id bigint not null default 0,
    add column replaced_recording_id bigint not null default 0,
    add column reason text;

alter table figure rename column municipality_id to territory_id;

alter table figure alter column total drop not null;

alter table figure add column by_quarter numeric[];

alter table parked rename column assigned_municipality_id to assigned_territory_id;

alter table place_match rename column municipality_id to territory_id
