-- What somebody should do something about, from when the clock noticed until it was over.
create table alert (
    id uuid not null constraint alert_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint alert_committee_fkey references committee,
    rule text not null,
    noun text not null,
    thing text not null,
    happens_on date not null,
    closed_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create unique index alert_open on alert (committee_id, rule, thing) where closed_at is null;

create index alert_happens on alert (happens_on, id);

create index alert_country on alert (country_id, happens_on, id);

create index alert_municipality on alert (municipality_id, happens_on, id);
