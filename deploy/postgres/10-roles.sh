#!/bin/sh
# At the first start of the database only: two roles. Temporal makes its databases itself, Pulang has one that is its own.
# Neither may read the other's.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
	--set=temporal="$TEMPORAL_PASSWORD" --set=pulang="$DB_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal';
CREATE ROLE pulang LOGIN PASSWORD :'pulang';
CREATE DATABASE pulang OWNER pulang;
REVOKE CONNECT ON DATABASE pulang FROM PUBLIC;
SQL
