-- Reports of imports that were made before what they kept and superseded was told say that it was nothing.
update import set report = '{"rows_superseded": 0, "kept": 0, "superseded": []}'::jsonb || report where report is not null and not report ?& array['rows_superseded', 'kept', 'superseded']
