create schema app;

revoke all on schema app from public;

grant usage on schema app to amuprev_api;

grant usage on schema public to amuprev_api;

create extension if not exists btree_gist;

create extension if not exists pg_trgm;

create extension if not exists unaccent;

-- The scope of the caller is ONE transaction-local setting, `app.scope`, of thirteen fields parted by '|'; app.enter sets it. One SET LOCAL
-- instead of nine: it also travels to the workers of a Citus cluster, where set_config would not.
create function app.part(n int) returns text language sql stable parallel safe
as $$ select nullif(split_part(current_setting('app.scope', true), '|', n), '') $$;

create function app.principal() returns uuid language sql stable parallel safe as $$ select app.part(1)::uuid $$;

create function app.request() returns text language sql stable parallel safe as $$ select app.part(2) $$;

create function app.read_region() returns boolean language sql stable parallel safe as $$ select coalesce(app.part(3) in ('read', 'write'), false) $$;

create function app.write_region() returns boolean language sql stable parallel safe as $$ select coalesce(app.part(3) = 'write', false) $$;

create function app.read_countries() returns int[] language sql stable parallel safe as $$ select app.part(4)::int[] $$;

create function app.read_municipalities() returns int[] language sql stable parallel safe as $$ select app.part(5)::int[] $$;

create function app.read_organisations() returns uuid[] language sql stable parallel safe as $$ select app.part(6)::uuid[] $$;

create function app.write_countries() returns int[] language sql stable parallel safe as $$ select app.part(7)::int[] $$;

create function app.write_municipalities() returns int[] language sql stable parallel safe as $$ select app.part(8)::int[] $$;

create function app.write_organisations() returns uuid[] language sql stable parallel safe as $$ select app.part(9)::uuid[] $$;

create function app.personal_countries() returns int[] language sql stable parallel safe as $$ select app.part(10)::int[] $$;

create function app.personal_municipalities() returns int[] language sql stable parallel safe as $$ select app.part(11)::int[] $$;

create function app.assist_municipalities() returns int[] language sql stable parallel safe as $$ select app.part(13)::int[] $$;

create function app.personal_organisations() returns uuid[] language sql stable parallel safe as $$ select app.part(12)::uuid[] $$;

-- A name as it is searched and sorted: no accents, lower case, single spaces. unaccent is only stable, because its dictionary could
-- change; ours is the one shipped with PostgreSQL, so the wrapper may be called immutable.
create function app.name_key(name text) returns text language sql immutable parallel safe strict
as $$ select lower(regexp_replace(public.unaccent('public.unaccent'::regdictionary, btrim(name)), '\s+', ' ', 'g')) $$;

-- The life of this database: a restore starts a new system identifier or timeline, and cursors of the feed from before it get 410.
create table epoch (
    id int not null constraint epoch_pkey primary key constraint epoch_single check (id = 1),
    secret uuid not null,
    started_at timestamptz not null default now()
);

insert into epoch (id, secret) values (1, gen_random_uuid());

create function app.epoch() returns text language sql stable
as $$ select s.system_identifier::text || '-' || c.timeline_id::text || '-' || left(e.secret::text, 8)
      from pg_control_system() s, pg_control_checkpoint() c, public.epoch e $$;

create sequence change_seq;

grant usage on sequence change_seq to amuprev_api;

-- Audit, history and feed are all read from here. Values of personal and secret fields never enter: they are named only.
create table change (
    municipality_id int not null default 0,
    seq bigint not null default nextval('change_seq'),
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now(),
    country_id int not null default 0,
    organisation_id uuid,
    is_public boolean not null default false,
    principal_id uuid,
    request_id text,
    noun text not null,
    thing text not null,
    action text not null,
    version int not null,
    fields text[] not null default '{}',
    body jsonb,
    constraint change_pkey primary key (municipality_id, seq, at)
) partition by range (at);

create index change_feed on change (xid, seq);

create index change_thing on change (noun, thing, seq);

create table idempotency (
    principal_id uuid not null,
    key text not null,
    fingerprint text not null,
    status int not null,
    location text,
    once boolean not null default false,
    created_at timestamptz not null default now(),
    constraint idempotency_pkey primary key (principal_id, key)
);

create index idempotency_created_at on idempotency (created_at);

-- Yearly partitions, made ahead by the owner: at every `amuprev migrate`. What falls outside goes to the default partition and is still found.
create function app.partition(parent regclass, first int, last int) returns void language plpgsql
as $$ begin
  for y in first..last loop
    execute format('create table if not exists %I partition of %s for values from (%L) to (%L)', parent::text || '_' || y, parent, make_date(y, 1, 1), make_date(y + 1, 1, 1));
    execute format('alter table %I enable row level security', parent::text || '_' || y);
  end loop;
  execute format('create table if not exists %I partition of %s default', parent::text || '_rest', parent);
  execute format('alter table %I enable row level security', parent::text || '_rest');
end $$;

select app.partition('change', 2026, 2036)
