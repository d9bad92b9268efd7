-- On which day a part of a commitment was added that was not there when it was recorded; null where it was: then it counts with it.
alter table commitment add column champion_said_on date, add column demand_said_on date, add column pledge_said_on date;

-- What was added before this was kept stands in the records of changes: the last one that touched the part.
update commitment t set
    champion_said_on = (select max(c.at)::date from change c where c.noun = 'commitment' and c.thing = t.id::text and c.action = 'change'
      and c.fields && array['champion_office', 'champion_organisation_id', 'champion_seat_id', 'champion_person_id']),
    demand_said_on = (select max(c.at)::date from change c where c.noun = 'commitment' and c.thing = t.id::text and c.action = 'change'
      and 'demand' = any(c.fields)),
    pledge_said_on = (select max(c.at)::date from change c where c.noun = 'commitment' and c.thing = t.id::text and c.action = 'change'
      and 'pledge' = any(c.fields));

-- Their steps are judged anew at the next turn of the clock.
update step_due d set due_on = t.committed_on from commitment t
  where t.committee_id = d.committee_id and coalesce(t.champion_said_on, t.demand_said_on, t.pledge_said_on) is not null
