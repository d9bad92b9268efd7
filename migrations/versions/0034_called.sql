-- An association also by its acronym, capitals or not, where it is the only one of it.
create or replace function app.association_of(address text) returns int language sql stable security definer set search_path = public, pg_temp
as $$ select case when address ~ '^\d{1,9}$' then (select id from association where id = address::int)
                  when strpos(address, ':') > 0 then (select thing::int from external_id where noun = 'association'
                        and scheme = split_part(address, ':', 1) and value = substr(address, strpos(address, ':') + 1))
                  else (select min(a.id) from association a join organisation o on o.id = a.organisation_id
                        where upper(o.short_name) = upper(address) having count(*) = 1) end $$;

-- One open invitation at a time also of an institution that only has a name, however it is written.
drop index "invited-already";

create unique index "invited-already" on seat_invitation (municipality_id, committee_id, coalesce(organisation_id::text, app.name_key(institution)))
    where state in ('sent', 'accepted') and coalesce(organisation_id::text, institution) is not null;
