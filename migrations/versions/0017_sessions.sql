-- A body of a committee comes together: called, held, its quorum frozen with what it was computed from.
create table committee_session (
    id uuid not null constraint committee_session_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint committee_session_committee_fkey references committee,
    body_id uuid not null constraint committee_session_body_fkey references body,
    kind text not null,
    joint_with text,
    meets_on date not null,
    meets_at text,
    duration_minutes int,
    place text,
    online text,
    agenda jsonb not null default '[]',
    note text,
    external_ids jsonb not null default '{}',
    state text not null,
    called_on date,
    second_on date,
    second_at text,
    held_on date,
    bylaws_id uuid constraint committee_session_bylaws_fkey references bylaws,
    quorum jsonb,
    first_quorum jsonb,
    purpose text,
    media_links jsonb not null default '[]',
    cancelled_because text,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint committee_session_tenant unique (municipality_id, id),
    constraint "called-after-session" check (called_on <= meets_on),
    constraint "session-not-held" check ((held_on is null) = (state in ('planned', 'called', 'cancelled'))),
    constraint "session-not-called" check (called_on is not null or state in ('planned', 'cancelled'))
);

create index committee_session_committee on committee_session (committee_id, meets_on, id);

create index committee_session_municipality on committee_session (municipality_id, meets_on, id);

create index committee_session_country on committee_session (country_id, meets_on, id);

create index committee_session_day on committee_session (meets_on, id);

-- One row a seat: so nobody is there twice, and `term_id` says who it was, as an id that is resolved when it is read.
create table session_attendance (
    municipality_id int not null,
    session_id uuid not null,
    seat_id uuid not null constraint session_attendance_seat_fkey references seat,
    country_id int not null,
    term_id uuid constraint session_attendance_term_fkey references term,
    voting boolean not null,
    status text not null constraint "attendance-unknown" check (status in ('present', 'excused', 'absent', 'represented')),
    constraint session_attendance_pkey primary key (municipality_id, session_id, seat_id),
    constraint session_attendance_session_fkey foreign key (municipality_id, session_id) references committee_session (municipality_id, id)
);

create index session_attendance_seat on session_attendance (seat_id);

create index session_attendance_term on session_attendance (term_id);

-- What of an inauguration is public, copied here when it was held.
create table inauguration (
    id uuid not null constraint inauguration_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null,
    committee text not null,
    held_on date not null,
    place text,
    purpose text,
    media_links jsonb not null default '[]',
    attended int not null,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint inauguration_session_fkey foreign key (municipality_id, id) references committee_session (municipality_id, id)
);

create index inauguration_day on inauguration (held_on, id);

create index inauguration_municipality on inauguration (municipality_id, held_on, id);

create index inauguration_country on inauguration (country_id, held_on, id);

create table decision (
    id uuid not null constraint decision_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint decision_committee_fkey references committee,
    session_id uuid not null,
    number int not null,
    agenda_number int,
    kind text not null,
    title text not null,
    text text,
    effects jsonb not null default '[]',
    yes int,
    no int,
    abstain int,
    secret boolean not null default false,
    outcome jsonb,
    passed boolean,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint decision_tenant unique (municipality_id, id),
    constraint "decision-number-taken" unique (municipality_id, session_id, number),
    constraint "decision-uncounted" check ((passed is null) = (outcome is null) and (passed is null) = (yes is null)),
    constraint decision_session_fkey foreign key (municipality_id, session_id) references committee_session (municipality_id, id)
);

create index decision_committee on decision (committee_id, id);

create index decision_municipality on decision (municipality_id, id);

-- One row a seat, and only of seats that were there: never two votes for a seat.
create table session_vote (
    municipality_id int not null,
    decision_id uuid not null,
    seat_id uuid not null,
    session_id uuid not null,
    country_id int not null,
    choice text not null constraint "vote-unknown" check (choice in ('yes', 'no', 'abstain')),
    constraint session_vote_pkey primary key (municipality_id, decision_id, seat_id),
    constraint session_vote_decision_fkey foreign key (municipality_id, decision_id) references decision (municipality_id, id),
    constraint session_vote_attendance_fkey foreign key (municipality_id, session_id, seat_id)
        references session_attendance (municipality_id, session_id, seat_id)
);

create index session_vote_attendance on session_vote (municipality_id, session_id, seat_id);

create table minutes (
    id uuid not null constraint minutes_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint minutes_committee_fkey references committee,
    session_id uuid not null,
    year int not null,
    number int not null,
    text text,
    document_id uuid,
    approved_on date,
    approved_in_id uuid,
    published_on date,
    published_document_id uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint minutes_tenant unique (municipality_id, id),
    constraint "minutes-exist" unique (municipality_id, session_id),
    constraint "minutes-number-taken" unique (municipality_id, committee_id, year, number),
    constraint "minutes-empty" check (text is not null or document_id is not null),
    constraint "minutes-unapproved" check (published_on is null or approved_on is not null),
    constraint minutes_session_fkey foreign key (municipality_id, session_id) references committee_session (municipality_id, id),
    constraint minutes_approved_in_fkey foreign key (municipality_id, approved_in_id) references committee_session (municipality_id, id),
    constraint minutes_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint minutes_published_document_fkey foreign key (municipality_id, published_document_id) references document (municipality_id, id)
);

create index minutes_committee on minutes (committee_id, year, number);

create index minutes_document on minutes (municipality_id, document_id) where document_id is not null;

create index minutes_published_document on minutes (municipality_id, published_document_id) where published_document_id is not null;

create index minutes_approved_in on minutes (municipality_id, approved_in_id) where approved_in_id is not null;

-- What approved minutes had wrong: they themselves never change.
create table erratum (
    id uuid not null constraint erratum_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint erratum_committee_fkey references committee,
    minutes_id uuid not null,
    number int not null,
    says text not null,
    corrected text not null,
    document_id uuid,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "erratum-number-taken" unique (municipality_id, minutes_id, number),
    constraint erratum_minutes_fkey foreign key (municipality_id, minutes_id) references minutes (municipality_id, id),
    constraint erratum_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id)
);

create index erratum_committee on erratum (committee_id, id);

create index erratum_document on erratum (municipality_id, document_id) where document_id is not null;

create table agreement (
    id uuid not null constraint agreement_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint agreement_committee_fkey references committee,
    session_id uuid not null,
    decision_id uuid,
    text text not null,
    owner_organisation_id uuid constraint agreement_organisation_fkey references organisation,
    owner_seat_id uuid constraint agreement_seat_fkey references seat,
    due_on date not null,
    state text not null,
    fulfilled_on date,
    reference text,
    document_id uuid,
    cancelled_because text,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "agreement-of-nobody" check ((owner_organisation_id is null) <> (owner_seat_id is null)),
    constraint "agreement-without-evidence"
        check ((state = 'fulfilled') = (fulfilled_on is not null and (document_id is not null or reference is not null))),
    constraint agreement_session_fkey foreign key (municipality_id, session_id) references committee_session (municipality_id, id),
    constraint agreement_decision_fkey foreign key (municipality_id, decision_id) references decision (municipality_id, id),
    constraint agreement_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id)
);

create index agreement_committee on agreement (committee_id, due_on, id);

create index agreement_municipality on agreement (municipality_id, due_on, id);

create index agreement_country on agreement (country_id, due_on, id);

create index agreement_day on agreement (due_on, id);

create index agreement_session on agreement (municipality_id, session_id);

create index agreement_decision on agreement (municipality_id, decision_id) where decision_id is not null;

create index agreement_document on agreement (municipality_id, document_id) where document_id is not null;

create index agreement_organisation on agreement (owner_organisation_id) where owner_organisation_id is not null;

create index agreement_seat on agreement (owner_seat_id) where owner_seat_id is not null;

-- The address of somebody's own calendar of a committee; only the hash of its secret is kept.
create table calendar_feed (
    id uuid not null constraint calendar_feed_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint calendar_feed_committee_fkey references committee,
    principal_id uuid not null constraint calendar_feed_principal_fkey references principal on delete cascade,
    language text not null,
    secret_sha256 text not null,
    revoked_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index calendar_feed_principal on calendar_feed (principal_id);

create index calendar_feed_committee on calendar_feed (committee_id);

-- What a calendar shows to whoever has its address, as long as the person it was made for still reads the committee: no names, no notes.
-- A row without a session where there is none; no row at all where the address is not good.
create function app.calendar_of(feed uuid, secret text, at timestamptz) returns table (
    language text, committee text, session_id uuid, kind text, state text, body text, meets_on date, meets_at text, duration_minutes int,
    place text, online text, updated_at timestamptz, version int)
language sql stable security definer set search_path = public, pg_temp as $$
    with good as (
        select f.language, c.id, c.name, c.country_id, c.municipality_id, app.scope_of(f.principal_id, (at at time zone 'UTC')::date) as parts
        from calendar_feed f join principal p on p.id = f.principal_id and p.active join committee c on c.id = f.committee_id
        where f.id = feed and f.secret_sha256 = secret and f.revoked_at is null)
    select g.language, g.name, s.id, s.kind, s.state, b.name, coalesce(s.second_on, s.meets_on), coalesce(s.second_at, s.meets_at),
        s.duration_minutes, s.place, s.online, s.updated_at, s.version
    from good g left join committee_session s on s.committee_id = g.id and s.meets_on >= (at at time zone 'UTC')::date - 400
        left join body b on b.id = s.body_id
    where g.country_id = any(split_part(g.parts, '|', 2)::int[]) or g.municipality_id = any(split_part(g.parts, '|', 3)::int[])
    order by s.meets_on desc, s.id limit 500 $$
