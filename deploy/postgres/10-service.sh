#!/bin/sh
# Run by the postgres image when it makes a service's cluster: a database that belongs to the service's own role,
# which is not the superuser. The image may run this file or read it into its own shell.
psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv service GAMEDESK_SERVICE
\set password `cat /run/gamedesk/service_password`
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
