-- What is declared of items of GOPI-Prevención that nothing kept here can tell.
create table item_declaration (
    id uuid not null constraint item_declaration_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint item_declaration_committee_fkey references committee,
    part text not null,
    starts_on date not null,
    ends_on date,
    description text not null,
    reference text,
    document_id uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "declaration-backwards" check (ends_on >= starts_on),
    constraint item_declaration_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id)
);

create index item_declaration_committee on item_declaration (committee_id, starts_on, id);

create index item_declaration_document on item_declaration (municipality_id, document_id) where document_id is not null;

create index item_declaration_starts on item_declaration (starts_on, id)
