-- On which commitment of the new authority it rests that a transition was ratified again.
alter table transition add column commitment_id uuid;

alter table transition add constraint transition_commitment_fkey foreign key (commitment_id) references commitment;

create index transition_commitment on transition (commitment_id) where commitment_id is not null
