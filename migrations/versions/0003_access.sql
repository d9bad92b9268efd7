-- Filled from api/domain/roles.py by every `amuprev migrate`; the database needs to know only who reads and who writes.
create table role (
    code text not null constraint role_pkey primary key,
    writes boolean not null
);

create table principal (
    id uuid not null constraint principal_pkey primary key,
    kind text not null,
    email text constraint "email-taken" unique,
    display_name text not null,
    active boolean not null default true,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table granted (
    id uuid not null constraint granted_pkey primary key,
    principal_id uuid not null constraint granted_principal_fkey references principal,
    role text not null constraint granted_role_fkey references role,
    level text not null,
    country_id int not null default 0,
    municipality_id int not null default 0,
    association_id int not null default 0,
    organisation_id uuid,
    starts_on date not null,
    ends_on date,
    revoked_at timestamptz,
    granted_by uuid,
    personal boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "term-backwards" check (ends_on is null or ends_on > starts_on)
);

create index granted_principal on granted (principal_id, starts_on);

create index granted_municipality on granted (municipality_id) where municipality_id > 0;

create table credential (
    principal_id uuid not null constraint credential_pkey primary key constraint credential_principal_fkey references principal on delete cascade,
    password_hash text not null,
    changed_at timestamptz not null default now()
);

-- One row per sign-in. A refresh token is the session's id and a secret that rotates; the one before it stays good for a minute,
-- because an answer can be lost on a slow line.
create table session (
    id uuid not null constraint session_pkey primary key,
    principal_id uuid not null constraint session_principal_fkey references principal on delete cascade,
    refresh_sha256 text not null,
    previous_sha256 text,
    rotated_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);

create index session_principal on session (principal_id);

create table api_key (
    id text not null constraint api_key_pkey primary key,
    principal_id uuid not null constraint api_key_principal_fkey references principal on delete cascade,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    secret_sha256 text not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index api_key_principal on api_key (principal_id);

create table invitation (
    id uuid not null constraint invitation_pkey primary key,
    kind text not null,
    secret_sha256 text not null,
    principal_id uuid not null constraint invitation_principal_fkey references principal on delete cascade,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    expires_at timestamptz not null,
    used_at timestamptz,
    invited_by uuid,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index invitation_principal on invitation (principal_id);

create table signing_key (
    kid text not null constraint signing_key_pkey primary key,
    private_pem text not null,
    signs_from timestamptz not null,
    retired_at timestamptz
);

-- The scope of a principal, computed when first asked for and kept until a grant, affiliation, participation or succession changes
-- (they delete it) or a date passes on which one of them starts or ends (valid_until).
create table scope (
    principal_id uuid not null constraint scope_pkey primary key constraint scope_principal_fkey references principal on delete cascade,
    parts text not null,
    valid_from date not null,
    valid_until date not null
);

create function app.effective(who uuid, on_day date) returns setof granted language sql stable security definer set search_path = public, pg_temp
as $$ select g.* from granted g join principal p on p.id = g.principal_id
      where g.principal_id = who and p.active and g.revoked_at is null and g.starts_on <= on_day and (g.ends_on is null or g.ends_on > on_day) $$;

-- A municipality that nobody runs, nor what it was or became: its country coordinator decides for it, and its association may draft for it.
create function app.unmanned(municipality int, on_day date) returns boolean language sql stable security definer set search_path = public, pg_temp
as $$ select not exists (select from granted g join principal p on p.id = g.principal_id
      where p.active and g.municipality_id = any(app.with_predecessors(municipality) || app.with_successors(municipality))
        and g.revoked_at is null and g.starts_on <= on_day and (g.ends_on is null or g.ends_on > on_day)) $$;

-- The same of all at once: those that somebody runs.
create function app.manned(on_day date) returns int[] language sql stable security definer set search_path = public, pg_temp
as $$ with recursive held(id) as (
         select distinct g.municipality_id from granted g join principal p on p.id = g.principal_id
         where p.active and g.municipality_id > 0 and g.revoked_at is null and g.starts_on <= on_day and (g.ends_on is null or g.ends_on > on_day)),
       before(id) as (select id from held union select s.predecessor_id from succession s join before on s.successor_id = before.id),
       after(id) as (select id from held union select s.successor_id from succession s join after on s.predecessor_id = after.id)
       select coalesce(array_agg(id), '{}') from (select id from before union select id from after) t $$;

create function app.scope_of(who uuid, on_day date) returns text language sql stable security definer set search_path = public, pg_temp
as $$
  with g as (select e.*, r.writes from app.effective(who, on_day) e join role r on r.code = e.role),
  countries as (
    select c.id, g.writes, g.personal from g join country c on (g.level = 'region' or (g.level = 'country' and c.id = g.country_id))),
  municipalities as (
    select m as id, false as writes, g.personal from g, unnest(app.with_predecessors(g.municipality_id)) m where g.level = 'municipality'
    union all select m, true, g.personal from g, unnest(app.written_with(g.municipality_id)) m where g.level = 'municipality' and g.writes
    union all select m, false, false from g, unnest(app.affiliated(g.association_id, on_day)) m where g.level = 'association'
    union all select m, false, false from g, unnest(app.participating(g.organisation_id, on_day)) m where g.level = 'programme'),
  organisations as (
    select g.organisation_id as id, g.writes, g.personal from g where g.level in ('association', 'programme')
    union all select p.id, g.writes, g.personal from g, programme p where g.level = 'region'
    union all select a.organisation_id, g.writes, g.personal from g, association a where g.level = 'region' or (g.level = 'country' and a.country_id = g.country_id))
  select concat_ws('|',
    (select case when bool_or(writes) then 'write' when count(*) > 0 then 'read' else 'none' end from g where level = 'region'),
    (select coalesce(array_agg(distinct id), '{}') from countries), (select coalesce(array_agg(distinct id), '{}') from municipalities),
    (select coalesce(array_agg(distinct id), '{}') from organisations),
    (select coalesce(array_agg(distinct id) filter (where writes), '{}') from countries), (select coalesce(array_agg(distinct id) filter (where writes), '{}') from municipalities),
    (select coalesce(array_agg(distinct id) filter (where writes), '{}') from organisations),
    (select coalesce(array_agg(distinct id) filter (where personal), '{}') from countries), (select coalesce(array_agg(distinct id) filter (where personal), '{}') from municipalities),
    (select coalesce(array_agg(distinct id) filter (where personal), '{}') from organisations),
    -- Municipalities that nobody runs: their association may draft figures for them, and sees none of their people.
    (select coalesce(array_agg(distinct m), '{}') from g, unnest(app.affiliated(g.association_id, on_day)) m
      where g.level = 'association' and g.writes and m <> all((select app.manned(on_day))::int[]))) $$;

-- The next day on which the scope of `who` could differ because time passes.
create function app.scope_until(who uuid, on_day date) returns date language sql stable security definer set search_path = public, pg_temp
as $$
  select coalesce(min(d), 'infinity') from (
    select unnest(array[g.starts_on, g.ends_on]) d from granted g where g.principal_id = who and g.revoked_at is null
    union all select unnest(array[a.starts_on, a.ends_on]) from affiliation a join granted g on g.association_id = a.association_id
      where g.principal_id = who and g.level = 'association' and a.state = 'confirmed'
    union all select unnest(array[h.starts_on, h.ends_on]) from affiliation a join granted g on g.association_id = a.association_id
      join granted h on h.municipality_id = a.municipality_id and h.revoked_at is null
      where g.principal_id = who and g.level = 'association' and a.state = 'confirmed'
    union all select unnest(array[p.starts_on, p.ends_on]) from participation p join granted g on g.organisation_id = p.programme_id
      where g.principal_id = who and g.level = 'programme') t where d > on_day $$;

-- Tells PostgreSQL who is asking, for this transaction only. `credential` is null (the public), 's' || session id, or 'k' || key id || '.' || sha256 of
-- its secret in hex. Returns the principal, the nil uuid for the public, null where the credential is not good at `at`.
create function app.enter(credential text, request_id text, at timestamptz) returns uuid language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  who uuid;
  kept text;
  today constant date := (at at time zone 'UTC')::date;
begin
  if credential is null then
    execute format('set local app.scope = %L', '|' || request_id || '|none||||||||||');
    return nobody;
  end if;
  if left(credential, 1) = 's' then
    select s.principal_id into who from session s join principal p on p.id = s.principal_id
      where s.id = substr(credential, 2)::uuid and s.revoked_at is null and s.expires_at > at and p.active;
  else
    select k.principal_id into who from api_key k join principal p on p.id = k.principal_id
      where k.id = split_part(substr(credential, 2), '.', 1) and k.secret_sha256 = split_part(credential, '.', 2)
        and k.revoked_at is null and k.expires_at > at and p.active;
  end if;
  if who is null then
    return null;
  end if;
  select s.parts into kept from scope s where s.principal_id = who and s.valid_from <= today and s.valid_until > today;
  if kept is null then
    kept := app.scope_of(who, today);
  end if;
  execute format('set local app.scope = %L', who || '|' || request_id || '|' || kept);
  return who;
end $$;

-- Scopes are kept with the grants, by the transaction that changes them, never by a reader: a reader that stored what it had computed could put
-- back what a revocation beside it has just removed. The lock makes two such transactions see each other's rows.
create function app.lock_scopes() returns void language sql volatile as $$ select pg_advisory_xact_lock(7221, 1) $$;

create function app.keep_scopes(who uuid, at timestamptz) returns int language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare
  today constant date := (at at time zone 'UTC')::date;
  kept int;
begin
  perform app.lock_scopes();
  insert into scope (principal_id, parts, valid_from, valid_until)
    select p.id, app.scope_of(p.id, today), today, app.scope_until(p.id, today) from principal p left join scope s on s.principal_id = p.id
    where (who is not null and p.id = who) or (who is null and (s.principal_id is null or s.valid_until <= today))
    on conflict (principal_id) do update set parts = excluded.parts, valid_from = excluded.valid_from, valid_until = excluded.valid_until;
  get diagnostics kept = row_count;
  return kept;
end $$;

-- Where one change reaches many (an affiliation, a succession), their scopes are forgotten and computed at each asking until the clock keeps them again.
create function app.forget_scopes() returns void language plpgsql volatile security definer set search_path = public, pg_temp
as $$ begin
  perform app.lock_scopes();
  delete from scope;
end $$;

create function app.password_of(mail text) returns table (principal_id uuid, password_hash text) language sql stable security definer set search_path = public, pg_temp
as $$ select p.id, c.password_hash from principal p join credential c on c.principal_id = p.id where p.email = lower(mail) and p.active and p.kind = 'person' $$;

create function app.set_password(who uuid, hash text, at timestamptz) returns void language sql volatile security definer set search_path = public, pg_temp
as $$ insert into credential (principal_id, password_hash, changed_at) values (who, hash, at)
      on conflict (principal_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at $$;

create function app.open_session(session_id uuid, who uuid, refresh text, at timestamptz, until timestamptz) returns void language sql volatile security definer set search_path = public, pg_temp
as $$ insert into session (id, principal_id, refresh_sha256, rotated_at, expires_at) values (session_id, who, refresh, at, until) $$;

-- 'rotated': `refresh` was the present one. 'repeated': it was the one before, within `grace`, because the answer was lost: the caller re-derives the same
-- successor. 'reused': it is an older one: somebody else holds it, the whole family ends. null: there is no such living session.
create function app.rotate_session(session_id uuid, refresh text, successor text, at timestamptz, until timestamptz, grace interval) returns text language plpgsql volatile security definer set search_path = public, pg_temp
as $$
declare s session;
begin
  select x.* into s from session x join principal p on p.id = x.principal_id where x.id = session_id and x.revoked_at is null and x.expires_at > at and p.active for update of x;
  if not found then
    return null;
  end if;
  if s.refresh_sha256 = refresh then
    update session set previous_sha256 = refresh, refresh_sha256 = successor, rotated_at = at, expires_at = until where id = session_id;
    return 'rotated';
  end if;
  if s.previous_sha256 = refresh and s.refresh_sha256 = successor and s.rotated_at + grace >= at then
    return 'repeated';
  end if;
  update session set revoked_at = at where id = session_id;
  return 'reused';
end $$;

create function app.end_sessions(who uuid, only_id uuid, at timestamptz) returns int language sql volatile security definer set search_path = public, pg_temp
as $$ with ended as (update session set revoked_at = at where principal_id = who and revoked_at is null and (only_id is null or id = only_id) returning 1)
      select count(*)::int from ended $$;

create function app.use_invitation(invitation_id uuid, secret text, at timestamptz) returns uuid language sql volatile security definer set search_path = public, pg_temp
as $$ update invitation set used_at = at where id = invitation_id and secret_sha256 = secret and used_at is null and expires_at > at returning principal_id $$;

create function app.signing_keys(at timestamptz) returns table (kid text, private_pem text) language sql stable security definer set search_path = public, pg_temp
as $$ select kid, private_pem from signing_key where retired_at is null or retired_at > at order by (signs_from <= at) desc, signs_from desc $$;

create function app.add_signing_key(new_kid text, pem text, first boolean, from_at timestamptz) returns void language sql volatile security definer set search_path = public, pg_temp
as $$ insert into signing_key (kid, private_pem, signs_from) select new_kid, pem, from_at where not first or not exists (select from signing_key) on conflict do nothing $$;

create function app.forget_keys(before timestamptz) returns void language sql volatile security definer set search_path = public, pg_temp
as $$ delete from idempotency where created_at < before $$;

revoke execute on all functions in schema app from public;

grant execute on all functions in schema app to amuprev_api;

revoke execute on function app.partition(regclass, int, int) from amuprev_api
