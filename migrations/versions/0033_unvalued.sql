-- Of a period without any value it is asked who said that it is missing or suppressed: a few rows among millions that have one.
create index observation_unvalued on observation (indicator_id, period_on, territory_id) where value is null;
