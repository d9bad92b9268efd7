-- Who was at a training event: ids of people, never names. Scores are read with the personal scope only; counts and means by everyone here.
create table training_attendance (
    municipality_id int not null,
    event_id uuid not null,
    person_id uuid not null constraint training_attendance_person_fkey references person,
    country_id int not null,
    present boolean not null,
    hours numeric,
    pre_score numeric,
    post_score numeric,
    constraint training_attendance_pkey primary key (municipality_id, event_id, person_id),
    constraint training_attendance_event_fkey foreign key (municipality_id, event_id) references training_event (municipality_id, id)
);

create index training_attendance_person on training_attendance (person_id)
