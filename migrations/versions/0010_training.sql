create table training_topic (
    code text not null constraint training_topic_pkey primary key,
    position int not null constraint training_topic_position unique,
    level text not null constraint "training-level-unknown" check (level in ('initial', 'follow_up')),
    label_en text not null,
    label_es text not null,
    label_pt text not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table course (
    id uuid not null constraint course_pkey primary key,
    country_id int not null default 0,
    municipality_id int not null default 0,
    organisation_id uuid,
    title text not null,
    description text,
    level text not null,
    topics text[] not null,
    hours numeric not null constraint "hours-none" check (hours > 0),
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table training_event (
    id uuid not null constraint training_event_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    course_id uuid not null constraint training_event_course_fkey references course,
    starts_on date not null,
    ends_on date,
    hours numeric,
    mode text not null,
    place text,
    trainer_organisation_id uuid constraint training_event_trainer_fkey references organisation,
    document_id uuid,
    note text,
    state text not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint training_event_tenant unique (municipality_id, id),
    constraint "training-event-backwards" check (ends_on > starts_on),
    constraint training_event_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id)
);

create index training_event_municipality on training_event (municipality_id, starts_on, id);

create index training_event_country on training_event (country_id, starts_on, id);

create index training_event_course on training_event (course_id);

create table technical_assistance (
    id uuid not null constraint technical_assistance_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    provider_organisation_id uuid not null constraint technical_assistance_provider_fkey references organisation,
    topic text constraint technical_assistance_topic_fkey references training_topic,
    starts_on date not null,
    ends_on date,
    hours numeric not null constraint "assistance-hours-none" check (hours > 0),
    description text not null,
    deliverable text,
    document_id uuid,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "assistance-backwards" check (ends_on > starts_on),
    constraint technical_assistance_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id)
);

create index technical_assistance_municipality on technical_assistance (municipality_id, starts_on, id);

create index technical_assistance_country on technical_assistance (country_id, starts_on, id);

create index technical_assistance_provider on technical_assistance (provider_organisation_id)
