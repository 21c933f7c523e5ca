-- What both databases agree on, computed from a number and never kept: who player n is, whose, and since when.
-- bench.players, bench.tickets and bench.agents say how many there are; bench.begin and bench.now are working milliseconds.

CREATE FUNCTION pg_temp.setting(name text) RETURNS bigint STABLE LANGUAGE sql
  RETURN current_setting('bench.' || name)::bigint;

-- 0 … sides - 1, always the same for n and salt.
CREATE FUNCTION pg_temp.draw(n bigint, salt bigint, sides bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
  RETURN (hashint8extended(n, salt) & 9223372036854775807) % sides;

-- 0 … 1, mostly small: most things take short.
CREATE FUNCTION pg_temp.share(n bigint, salt bigint) RETURNS float8 IMMUTABLE LANGUAGE sql
  RETURN power(pg_temp.draw(n, salt, 1000000) / 1e6::float8, 4);

-- The desk works from nine to nine (01:00 to 13:00 UTC), by the first rules of service: milliseconds of work since
-- 1970 as milliseconds of the clock. So whatever is told in working time is exact.
CREATE FUNCTION pg_temp.clock(worked bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
  RETURN worked / 43200000 * 86400000 + 3600000 + worked % 43200000;

CREATE FUNCTION pg_temp.moment(worked bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql
  RETURN to_timestamp(pg_temp.clock(worked) / 1000.0);

-- A UUIDv7 of that time.
CREATE FUNCTION pg_temp.uuid7(worked bigint, n bigint, salt bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
  RETURN (lpad(to_hex(pg_temp.clock(worked)), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0')
          || '8' || lpad(to_hex(hashint8extended(n, salt) & 1152921504606846975), 15, '0'))::uuid;

-- Players and tickets come evenly over the two years.
CREATE FUNCTION pg_temp.player_since(n bigint) RETURNS bigint STABLE LANGUAGE sql
  RETURN pg_temp.setting('begin')
         + n * (pg_temp.setting('now') - pg_temp.setting('begin')) / (pg_temp.setting('players') + 1);

CREATE FUNCTION pg_temp.player_id(n bigint) RETURNS uuid STABLE LANGUAGE sql
  RETURN pg_temp.uuid7(pg_temp.player_since(n), n, 1);

-- One of a hundred was merged into the player before him, one of a thousand erased.
CREATE FUNCTION pg_temp.root(n bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
  RETURN n - (n % 100 = 1 AND n > 1)::int;

CREATE FUNCTION pg_temp.erased(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql
  RETURN n % 1000 = 550;

-- Twelve teams. The first agent is the admin, one in fifteen a lead.
CREATE FUNCTION pg_temp.agent(a bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN 'KF' || lpad((1 + a)::text, 3, '0');

CREATE FUNCTION pg_temp.team(a bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN 'T' || a % 12;

CREATE FUNCTION pg_temp.role(a bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN CASE WHEN a = 0 THEN 'admin' WHEN a % 15 = 1 THEN 'lead' ELSE 'agent' END;

CREATE FUNCTION pg_temp.owner_number(n bigint) RETURNS bigint STABLE LANGUAGE sql
  RETURN pg_temp.draw(pg_temp.root(n), 2, pg_temp.setting('agents'));

CREATE FUNCTION pg_temp.tier(n bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN CASE WHEN pg_temp.erased(n) THEN 'none'
              ELSE (ARRAY['whale', 'big', 'medium', 'small', 'none'])
                   [1 + width_bucket(pg_temp.draw(n, 3, 1000), ARRAY[2, 12, 50, 250]::bigint[])] END;

CREATE FUNCTION pg_temp.minor_band(n bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN CASE WHEN pg_temp.erased(n) THEN 'none'
              ELSE (ARRAY['under_8', '8_15', '16_17', 'none'])
                   [1 + width_bucket(pg_temp.draw(n, 4, 1000), ARRAY[1, 11, 41]::bigint[])] END;

-- Three games: everybody plays the first, most the second, half the third. A game opens a server about every ten days.
CREATE FUNCTION pg_temp.plays(n bigint, game bigint) RETURNS boolean IMMUTABLE LANGUAGE sql
  RETURN NOT pg_temp.erased(n) AND pg_temp.draw(n, 10 + game, 100) < (ARRAY[100, 90, 50])[game];

CREATE FUNCTION pg_temp.game(game bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN (ARRAY['xiyou', 'sanguo', 'xinghe'])[game];

CREATE FUNCTION pg_temp.server(n bigint, game bigint) RETURNS bigint STABLE LANGUAGE sql
  RETURN 1 + 70 * n / (pg_temp.setting('players') + 1) + pg_temp.draw(n, 20 + game, 4);

CREATE FUNCTION pg_temp.server_name(n bigint, game bigint) RETURNS text STABLE LANGUAGE sql
  RETURN (ARRAY['花果山', '长坂坡', '银河'])[game] || pg_temp.server(n, game) || '服';

CREATE FUNCTION pg_temp.profile_id(n bigint, game bigint) RETURNS uuid STABLE LANGUAGE sql
  RETURN pg_temp.uuid7(pg_temp.player_since(n), n, 30 + game);
