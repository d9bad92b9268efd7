-- Run once by a superuser, with psql 14 or newer: the owner, who migrates; the API's role, which owns nothing and for which row security
-- holds; and the database. The passwords come from AMUPREV_OWNER_PASSWORD and AMUPREV_API_PASSWORD in the environment.
\set ON_ERROR_STOP on
\getenv owner_password AMUPREV_OWNER_PASSWORD
\getenv api_password AMUPREV_API_PASSWORD
create role amuprev_owner login nosuperuser nobypassrls nocreaterole nocreatedb noreplication password :'owner_password';
create role amuprev_api login nosuperuser nobypassrls nocreaterole nocreatedb noreplication password :'api_password';
create database amuprev owner amuprev_owner template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8';
revoke all on database amuprev from public;
grant connect, temporary on database amuprev to amuprev_api;
\connect amuprev
alter schema public owner to amuprev_owner;
revoke create on schema public from public;
