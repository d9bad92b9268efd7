-- What a course asks for before anybody gets its certificate; null where it does not say.
alter table course add column certificate_percent int constraint "certificate-percent-odd" check (certificate_percent between 1 and 100);

-- Certificates: what each says is written down when it is issued. Whose it is stands as an id, never as a name.
create table certificate (
    id uuid not null constraint certificate_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    event_id uuid not null,
    person_id uuid not null constraint certificate_person_fkey references person,
    issuer_organisation_id uuid not null constraint certificate_issuer_fkey references organisation,
    code text not null constraint certificate_code unique,
    year int not null,
    number int not null,
    course text not null,
    hours numeric not null,
    percent int not null,
    issuer text not null,
    issued_on date not null,
    withdrawn_on date,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint certificate_event_fkey foreign key (municipality_id, event_id) references training_event (municipality_id, id),
    constraint certificate_number unique (municipality_id, year, number)
);

create unique index "certificate-issued" on certificate (municipality_id, event_id, person_id) where withdrawn_on is null;

create index certificate_municipality on certificate (municipality_id, issued_on, id);

create index certificate_country on certificate (country_id, issued_on, id);

create index certificate_person on certificate (person_id);

-- What a certificate says, for whoever has its code: never whose it is, nor where.
create function app.certificate_of(said text) returns table (
    code text, year int, number int, course text, hours numeric, percent int, issuer text, issued_on date, withdrawn_on date,
    demonstration boolean, version int)
language sql stable security definer set search_path = public, pg_temp as $$
    select c.code, c.year, c.number, c.course, c.hours, c.percent, c.issuer, c.issued_on, c.withdrawn_on, c.demonstration, c.version
    from certificate c where c.code = said $$
