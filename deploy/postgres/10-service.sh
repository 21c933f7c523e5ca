#!/bin/sh
# Run by the postgres image when it makes a service's cluster: a database that belongs to the service's own role,
# which is not the superuser. Nobody is trusted (--auth in docker-compose.yml), not even on the socket. The image may run
# this file or read it into its own shell.
PGPASSWORD=$(cat /run/gamedesk/postgres_password) \
  psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv service GAMEDESK_SERVICE
\set password `cat /run/gamedesk/service_password`
CREATE ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service", postgres, template1 FROM PUBLIC;
SQL
