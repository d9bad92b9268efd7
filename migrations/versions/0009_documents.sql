-- The bytes lie in the store, under municipality and sha256; a row is all that the database knows of them. The class is part of the key of
-- "the same file again": what may be read by others is another document.
create table document (
    id uuid not null constraint document_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    kind text not null,
    access_rights text not null constraint "access-rights-unknown" check (access_rights in ('public', 'committee', 'personal')),
    file_name text not null,
    mime_type text not null,
    size bigint not null,
    sha256 text not null,
    received_sha256 text not null,
    redacts_id uuid,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint document_tenant unique (municipality_id, id),
    constraint "document-already-there" unique (municipality_id, access_rights, received_sha256),
    constraint "redaction-not-public" check (redacts_id is null or access_rights = 'public'),
    constraint document_redacts_fkey foreign key (municipality_id, redacts_id) references document (municipality_id, id) on delete set null (redacts_id)
);

create index document_country on document (country_id, id);

create index document_public on document (id) where access_rights = 'public';

create index document_stored on document (municipality_id, sha256);

create index document_redacts on document (municipality_id, redacts_id) where redacts_id is not null;

-- Keys of the store that no document names, for who sweeps it: the only question about all municipalities at once.
create function app.unfiled(keys text[]) returns setof text language sql stable security definer set search_path = public, pg_temp
as $$ select k from unnest(keys) k
      where not exists (select from document d where d.municipality_id::text || '/' || d.sha256 = k
        and d.municipality_id = case when split_part(k, '/', 1) ~ '^[0-9]{1,9}$' then split_part(k, '/', 1)::int end
        and d.sha256 = split_part(k, '/', 2)) $$
