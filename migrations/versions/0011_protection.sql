-- The 10-5 rule of api/domain/indicator/protection.py, for answers and orders that PostgreSQL makes. Each returns what is told (0 stands for
-- hidden) and the ends of the window in which a reader then knows the count to lie.
create function app.rounded(n numeric) returns numeric language sql immutable parallel safe
as $$ select case when n < 10 then 0 else floor((n + 2.5) / 5) * 5 end $$;

create function app.told(n numeric) returns numeric[] language sql immutable parallel safe
as $$ select case when n < 10 then array[0, 0, 9] else array[app.rounded(n), greatest(app.rounded(n) - 2, 10), app.rounded(n) + 2] end $$;

-- Of a whole, whose members are told as well: `low` and `high` are the sums of the ends of their windows.
create function app.told(n numeric, low numeric, high numeric) returns numeric[] language plpgsql immutable parallel safe as $$
declare
    first numeric := app.rounded(low);
    last numeric := app.rounded(high);
    at numeric;
begin
    if high - low + 1 < 6 then
        return array[app.rounded(floor((low + high) / 2)), low, high];
    end if;
    if (case when first = 0 then 9 else first + 2 end) - low + 1 < 3 then
        first := case when first = 0 then 10 else first + 5 end;
    end if;
    if high - (app.told(last))[2] + 1 < 3 then
        last := case when last > 10 then last - 5 else 0 end;
    end if;
    at := least(greatest(app.rounded(n), first), last);
    return array[at, case when at = first then low else (app.told(at))[2] end, case when at = last then high else (app.told(at))[3] end];
end $$
