-- Of a file with words that nobody knew: the places that it states by themselves, as they stood already. A word that turns out to mean one of them adds up with what stands.
alter table parked add column beside int[] not null default '{}'
