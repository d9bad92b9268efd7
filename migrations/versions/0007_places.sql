-- Parts of a municipality: barrios, colonias, cantons, aldeas. Their keys begin where those of all other places end, so that the number
-- space of territories stays one; figures of them stand by themselves and are never added into the municipality.
create sequence community_number as int start 1000000000;

create table community (
    id int not null constraint community_pkey primary key,
    country_id int not null constraint community_country_fkey references country,
    municipality_id int not null constraint community_municipality_fkey references municipality,
    name text not null,
    name_key text not null generated always as (app.name_key(name)) stored,
    kind text not null,
    valid_from date,
    valid_to date,
    external_ids jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "validity-backwards" check (valid_to is null or valid_from is null or valid_to > valid_from)
);

create unique index "community-name-taken" on community (municipality_id, kind, name_key) where valid_to is null;

create index community_name on community (municipality_id, name_key, id);

create index community_country on community (country_id, name_key, id);

create or replace function app.adds_up(territory int) returns boolean language sql immutable parallel safe
as $$ select territory between 100000 and 999999999 $$;

-- 9900 to 9949 of each country are what no first level could place better (app.unspecified_of); a municipality that was added by hand
-- before may have a key above.
create or replace function app.is_municipality(territory int) returns boolean language sql immutable parallel safe
as $$ select territory between 100000 and 999999999 and territory % 10000 not between 9900 and 9949 $$;

-- The communities of the municipalities a caller reads or writes. Their keys are not in the scope itself: it would grow by as many as
-- there are, and every other table would pay for it; here they are looked up once for each statement that meets a community.
create function app.read_communities() returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ select array(select c.id from community c where c.municipality_id = any(app.read_municipalities())) $$;

create function app.write_communities() returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ select array(select c.id from community c where c.municipality_id = any(app.write_municipalities())) $$;

create or replace view territory with (security_invoker = true) as
select id, 'municipality' as kind, country_id, admin1_id, name, id as municipality_id from municipality
union all select id, 'admin1', country_id, id, name, 0 from admin1
union all select app.unspecified_of(id), 'unspecified', country_id, id, name, 0 from admin1
union all select id, 'country', id, null, name, 0 from country
union all select c.id, 'community', c.country_id, m.admin1_id, c.name, c.municipality_id
from community c join municipality m on m.id = c.municipality_id;

-- The key of the place of any kind that an address names: a key, an ISO code of a country or first level, `scheme:code`, or
-- `unspecified:` with the code of a first level; null where there is none.
create function app.territory_of(address text) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select case
        when address ~ '^\d{1,9}$' or address ~ '^1\d{9}$' then (select y.id from territory y where y.id = address::int)
        when address ~* '^[a-z]{2,3}$' then app.country_of(address)
        when address ~* '^[a-z]{2}-[a-z0-9]{1,3}$' then (select a.id from admin1 a where a.code = upper(address))
        when address ~* '^unspecified:' then (select app.unspecified_of(a.id) from admin1 a where a.code = upper(substr(address, 13)))
        else (select x.thing::int from external_id x where x.noun in ('municipality', 'community', 'admin1', 'country')
              and x.scheme = split_part(address, ':', 1) and x.value = substr(address, strpos(address, ':') + 1)
              order by x.noun desc limit 1) end $$
