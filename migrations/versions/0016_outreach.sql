-- What an authority promised: it ends on a day, or with the term of office that it names. No party of anybody stands anywhere.
create table commitment (
    id uuid not null constraint commitment_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint commitment_committee_fkey references committee,
    kind text not null,
    authority text not null,
    committed_on date not null,
    ends_on date,
    term_id uuid constraint commitment_term_fkey references term,
    instrument_id uuid constraint commitment_instrument_fkey references council_instrument,
    document_id uuid,
    reference text,
    demand text,
    demand_document_id uuid,
    demand_reference text,
    pledge boolean not null,
    champion_office text,
    champion_organisation_id uuid constraint commitment_champion_organisation_fkey references organisation,
    champion_seat_id uuid constraint commitment_champion_seat_fkey references seat,
    champion_person_id uuid constraint commitment_champion_person_fkey references person,
    voided_at timestamptz,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint commitment_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint commitment_demand_document_fkey foreign key (municipality_id, demand_document_id) references document (municipality_id, id),
    constraint "commitment-without-end" check (ends_on is not null or term_id is not null),
    constraint "commitment-backwards" check (ends_on > committed_on),
    constraint "commitment-without-document" check (instrument_id is not null or document_id is not null or reference is not null)
);

create index commitment_committee on commitment (committee_id, committed_on, id);

create index commitment_municipality on commitment (municipality_id, committed_on, id);

create index commitment_country on commitment (country_id, committed_on, id);

create index commitment_committed on commitment (committed_on, id);

create index commitment_document on commitment (municipality_id, document_id) where document_id is not null;

create index commitment_demand_document on commitment (municipality_id, demand_document_id) where demand_document_id is not null;

-- One social mapping: a draft until it is finished, and from then on what was found that day.
create table stakeholder_map (
    id uuid not null constraint stakeholder_map_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint stakeholder_map_committee_fkey references committee,
    copied_from_id uuid constraint stakeholder_map_copied_fkey references stakeholder_map,
    document_id uuid,
    state text not null,
    done_on date,
    valid_until date,
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint stakeholder_map_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "map-without-day" check ((state = 'done') = (done_on is not null and valid_until is not null)),
    constraint "map-backwards" check (valid_until > done_on)
);

create index stakeholder_map_committee on stakeholder_map (committee_id, id);

create index stakeholder_map_municipality on stakeholder_map (municipality_id, id);

create index stakeholder_map_document on stakeholder_map (municipality_id, document_id) where document_id is not null;

create table stakeholder (
    id uuid not null constraint stakeholder_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint stakeholder_committee_fkey references committee,
    map_id uuid not null constraint stakeholder_map_fkey references stakeholder_map,
    organisation_id uuid constraint stakeholder_organisation_fkey references organisation,
    institution text,
    person_id uuid constraint stakeholder_person_fkey references person,
    sector text not null,
    influence int not null,
    interest int not null,
    populations text[] not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "stakeholder-of-nobody" check (organisation_id is not null or institution is not null or person_id is not null),
    constraint "stakeholder-out-of-scale" check (influence >= 1 and influence <= 5 and interest >= 1 and interest <= 5),
    constraint "stakeholder-mapped" unique (municipality_id, map_id, organisation_id)
);

create index stakeholder_of_map on stakeholder (map_id, id);

create index stakeholder_committee on stakeholder (committee_id, id);

create index stakeholder_municipality on stakeholder (municipality_id, id);

create index stakeholder_person on stakeholder (person_id) where person_id is not null;

-- How a stakeholder stands to the matter and to others: for the personal scope alone, in no list, no file and no feed.
create table stakeholder_stance (
    id uuid not null constraint stakeholder_stance_pkey primary key constraint stakeholder_stance_stakeholder_fkey references stakeholder
        on delete cascade,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint stakeholder_stance_committee_fkey references committee,
    stance text,
    note text,
    links jsonb not null default '[]',
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table open_call (
    id uuid not null constraint open_call_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint open_call_committee_fkey references committee,
    title text not null,
    sectors text[] not null default '{}',
    seats int not null,
    opens_on date not null,
    closes_on date not null,
    document_id uuid,
    reference text,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint open_call_document_fkey foreign key (municipality_id, document_id) references document (municipality_id, id),
    constraint "call-backwards" check (closes_on > opens_on)
);

create index open_call_opens on open_call (opens_on, id);

create index open_call_committee on open_call (committee_id, opens_on, id);

create index open_call_municipality on open_call (municipality_id, opens_on, id);

create index open_call_document on open_call (municipality_id, document_id) where document_id is not null;

-- An institution that is invited to a seat; invitations of accounts are another table.
create table seat_invitation (
    id uuid not null constraint seat_invitation_pkey primary key,
    country_id int not null,
    municipality_id int not null,
    committee_id uuid not null constraint seat_invitation_committee_fkey references committee,
    organisation_id uuid constraint seat_invitation_organisation_fkey references organisation,
    institution text,
    sector text not null,
    seat_id uuid constraint seat_invitation_seat_fkey references seat,
    stakeholder_id uuid constraint seat_invitation_stakeholder_fkey references stakeholder,
    open_call_id uuid constraint seat_invitation_open_call_fkey references open_call,
    contact_person_id uuid constraint seat_invitation_contact_fkey references person,
    channel text,
    state text not null,
    sent_on date,
    expires_on date,
    answered_on date,
    decline_reason text,
    term_id uuid constraint seat_invitation_term_fkey references term,
    external_ids jsonb not null default '{}',
    demonstration boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint "invitation-of-nobody" check (organisation_id is not null or institution is not null or contact_person_id is not null),
    constraint "invitation-unsent" check ((state = 'draft') = (sent_on is null) and (sent_on is null) = (expires_on is null)),
    constraint "invitation-unanswered" check ((state in ('accepted', 'declined', 'seated')) = (answered_on is not null)),
    constraint "invitation-backwards" check (expires_on > sent_on and answered_on >= sent_on),
    constraint "invitation-unseated" check ((state = 'seated') = (term_id is not null))
);

create unique index "invited-already" on seat_invitation (municipality_id, committee_id, organisation_id)
    where state in ('sent', 'accepted') and organisation_id is not null;

create index seat_invitation_committee on seat_invitation (committee_id, id);

create index seat_invitation_municipality on seat_invitation (municipality_id, id);

create index seat_invitation_due on seat_invitation (expires_on) where state = 'sent';

create index seat_invitation_contact on seat_invitation (contact_person_id) where contact_person_id is not null;
