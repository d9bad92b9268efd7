-- What a register said before each change: the whole record that was replaced, null where there was none yet. Before this table was made
-- nothing was kept; such records count as having always said what they said then.
create table register_revision (
    noun text not null,
    thing text not null,
    revision int not null,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    is_public boolean not null default false,
    principal_id uuid,
    was jsonb,
    recording_id bigint not null,
    constraint register_revision_pkey primary key (noun, thing, revision)
);

-- The predecessors of municipalities, themselves included, as they were known at an instant.
create function app.before_at(municipalities int[], known timestamptz) returns int[] language sql stable security definer
set search_path = public, pg_temp
as $$ with recursive line(id) as (
         select unnest(municipalities) union select s.predecessor_id from app.succession_at(known) s join line on s.successor_id = line.id)
       select coalesce(array_agg(id), '{}') from line $$;

create function app.with_predecessors_at(municipality int, known timestamptz) returns int[] language sql stable
as $$ select app.before_at(array[municipality], known) $$;

-- Whom an association reached on a day, as it was known at an instant: an affiliation that was ended or confirmed later with effect in the
-- past changes nothing of it.
create function app.affiliated_at(association int, on_day date, known timestamptz) returns int[] language sql stable security definer
set search_path = public, pg_temp
as $$ select app.before_at(array(select a.municipality_id from app.affiliation_at(known) a where a.association_id = association
        and a.state = 'confirmed' and a.starts_on <= on_day and (a.ends_on is null or a.ends_on > on_day)), known) $$;

create function app.participating_at(programme uuid, on_day date, known timestamptz) returns int[] language sql stable security definer
set search_path = public, pg_temp
as $$ select app.before_at(array(select p.municipality_id from app.participation_at(known) p where p.programme_id = programme
        and p.level = 'municipality' and p.starts_on <= on_day and (p.ends_on is null or p.ends_on > on_day)), known) $$
