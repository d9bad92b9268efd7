-- Every office of somebody that is not over on a day, those that have not begun included: who resets a password or makes a key lends itself all of them.
create function app.offices_of(who uuid, on_day date) returns setof granted language sql stable security definer set search_path = public, pg_temp
as $$ select g.* from granted g where g.principal_id = who and g.revoked_at is null and (g.ends_on is null or g.ends_on > on_day) $$;

-- An invitation is used once; with it every other open link of the same person is over, and each says so in its version and in the feed.
create or replace function app.use_invitation(invitation_id uuid, secret text, at timestamptz) returns uuid language sql volatile security definer
set search_path = public, pg_temp
as $$
  with used as (
    update invitation i set used_at = at, version = i.version + 1, updated_at = at
    where i.used_at is null and i.expires_at > at and i.principal_id = (select x.principal_id from invitation x
      where x.id = invitation_id and x.secret_sha256 = secret and x.used_at is null and x.expires_at > at)
    returning i.*),
  said as (
    insert into change (municipality_id, country_id, organisation_id, principal_id, noun, thing, action, version, fields, body, at)
    select u.municipality_id, u.country_id, u.organisation_id, u.principal_id, 'invitation', u.id::text, 'use', u.version, '{used_at}',
      to_jsonb(u) - '{secret_sha256,created_at,updated_at,version}'::text[], at from used u)
  select u.principal_id from used u where u.id = invitation_id $$;

-- The life of this database, which everyone may know, without a part of the secret that its cursors are sealed with.
create or replace function app.epoch() returns text language sql stable
as $$ select s.system_identifier::text || '-' || c.timeline_id::text || '-' || left(encode(sha256(e.secret::text::bytea), 'hex'), 8)
      from pg_control_system() s, pg_control_checkpoint() c, public.epoch e $$
