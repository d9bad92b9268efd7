-- What was there before instants were kept is known from now on, under the number 0; what had been replaced by then is not.
insert into recording (recording_id, country_id, at) select distinct 0, x.country_id, now()
from (select country_id from observation union select country_id from population) x;

-- The residents of each year: its own, else the nearest earlier, else the nearest later; of several sources the one of the lowest key.
insert into denominator (territory_id, from_year, to_year, country_id, value, population_year, source_id)
select p.territory_id, case when lag(p.year) over w is null then 1900 else p.year end, coalesce(lead(p.year) over w - 1, 2100),
       p.country_id, p.value, p.year, p.source_id
from (select distinct on (x.territory_id, x.year) x.* from population x order by x.territory_id, x.year, x.source_id) p
window w as (partition by p.territory_id order by p.year)
