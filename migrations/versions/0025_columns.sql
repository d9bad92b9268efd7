-- What was refused before did not say for which column.
update import set report = report || jsonb_build_object(
    'errors', coalesce((select jsonb_agg('{"column": null}'::jsonb || e order by n)
      from jsonb_array_elements(report->'errors') with ordinality x (e, n)), '[]'),
    'ignored', coalesce((select jsonb_agg('{"column": null}'::jsonb || e order by n)
      from jsonb_array_elements(report->'ignored') with ordinality x (e, n)), '[]'))
where report->'errors' <> '[]' or report->'ignored' <> '[]'
