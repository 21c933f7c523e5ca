-- The tickets database: copies of the players, and tickets with their cycles and timelines, told in working time.

INSERT INTO agent_copies (agent_id, role, team, active, version)
SELECT pg_temp.agent(a), pg_temp.role(a), pg_temp.team(a), true, 1
FROM generate_series(0, pg_temp.setting('agents') - 1) AS a ON CONFLICT DO NOTHING;

INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, merged_into, erased, version)
SELECT pg_temp.player_id(n), pg_temp.agent(pg_temp.owner_number(n)), pg_temp.tier(n), pg_temp.minor_band(n),
       CASE WHEN pg_temp.root(n) <> n THEN pg_temp.player_id(pg_temp.root(n)) END, pg_temp.erased(n), 1
FROM generate_series(1, pg_temp.setting('players')) AS n;

INSERT INTO profile_copies (profile_id, player_id, game_id, server, version)
SELECT pg_temp.profile_id(n, game), pg_temp.player_id(n), pg_temp.game(game),
       CASE WHEN pg_temp.plays(n, game) THEN pg_temp.server_name(n, game) END, 1
FROM generate_series(1, pg_temp.setting('players')) AS n, generate_series(1, 3) AS game WHERE NOT pg_temp.erased(n);

CREATE FUNCTION pg_temp.ticket_since(m bigint) RETURNS bigint STABLE LANGUAGE sql
  RETURN pg_temp.setting('begin')
         + m * (pg_temp.setting('now') - pg_temp.setting('begin')) / (pg_temp.setting('tickets') + 1);

CREATE FUNCTION pg_temp.ticket_id(m bigint) RETURNS uuid STABLE LANGUAGE sql
  RETURN pg_temp.uuid7(pg_temp.ticket_since(m), m, 5);

-- By priority: minutes until the first response and until the solution, of the first rules of service.
CREATE TEMP TABLE targets AS SELECT * FROM (VALUES
  ('low', 240, 3600), ('normal', 60, 1440), ('high', 30, 720), ('urgent', 15, 240)) AS t (priority, answer, solution);

-- A ticket is of somebody who was a player by then. Nine of ten are answered by the player's owner. One of a thousand
-- is never answered, another never done, three of a hundred are opened again a day later; what would happen after now
-- has not happened yet.
CREATE TEMP TABLE planned AS
SELECT m, since, since - pg_temp.draw(m, 100, 600000) AS asked,
       since + 60000 + (14400000 * pg_temp.share(m, 102))::bigint
         + CASE WHEN pg_temp.draw(m, 112, 1000) = 0 THEN 1000000000000 ELSE 0 END AS replied,
       since + 600000 + (172800000 * pg_temp.share(m, 103))::bigint
         + CASE WHEN pg_temp.draw(m, 104, 1000) = 0 THEN 1000000000000 ELSE 0 END AS done,
       CASE WHEN pg_temp.erased(n) THEN n + 1 ELSE n END AS n,
       CASE WHEN pg_temp.draw(m, 109, 10) > 0 THEN pg_temp.owner_number(n)
            ELSE pg_temp.draw(m, 111, pg_temp.setting('agents')) END AS agent,
       (ARRAY['urgent', 'high', 'low', 'normal'])
         [1 + width_bucket(pg_temp.draw(m, 105, 100), ARRAY[2, 12, 25]::bigint[])] AS priority,
       (ARRAY['payment', 'account', 'bug', 'gameplay', 'refund', 'suggestion', 'other'])
         [1 + width_bucket(pg_temp.draw(m, 106, 100), ARRAY[30, 50, 70, 80, 88, 93]::bigint[])] AS category,
       1 + width_bucket(pg_temp.draw(m, 107, 100), ARRAY[60, 85, 90]::bigint[]) AS game,
       m / 1000 % 20 = 7 AND m % 1000 > 0 AND pg_temp.draw(m, 108, 10) = 0 AS of_incident
FROM (SELECT m, pg_temp.ticket_since(m) AS since, 1 + pg_temp.draw(m, 101, 1 + (m - 1)
               * pg_temp.setting('players') / (pg_temp.setting('tickets') + 1)) AS n
      FROM generate_series(1, pg_temp.setting('tickets')) AS m OFFSET 0) AS numbered;

CREATE TEMP TABLE made AS
SELECT *, CASE WHEN reopened IS NULL THEN done1 ELSE done2 END AS done_at,
       CASE WHEN replied IS NULL THEN 'pending' WHEN done1 IS NULL OR reopened IS NOT NULL AND done2 IS NULL
            THEN 'in_progress' ELSE 'done' END AS state,
       CASE WHEN replied IS NULL OR done1 IS NOT NULL THEN 'none'
            ELSE (ARRAY['tech', 'player', 'finance', 'product', 'none'])
                 [1 + width_bucket(pg_temp.draw(m, 110, 100), ARRAY[15, 30, 35, 38]::bigint[])] END AS waiting_on
FROM (SELECT m, since, asked, n, category, game, of_incident, priority, answer * 60000 AS answer,
             solution * 60000 AS solution, pg_temp.ticket_id(m) AS ticket_id, pg_temp.player_id(n) AS player_id,
             CASE WHEN replied < present THEN replied END AS replied,
             CASE WHEN greatest(done, replied) < present THEN greatest(done, replied) END AS done1,
             CASE WHEN m % 100 < 3 AND greatest(done, replied) + 43200000 < present
                  THEN greatest(done, replied) + 43200000 END AS reopened,
             CASE WHEN greatest(done, replied) + 64800000 < present THEN greatest(done, replied) + 64800000 END AS done2,
             pg_temp.agent(agent) AS agent_id, pg_temp.team(agent) AS team
      FROM planned JOIN targets USING (priority), (SELECT pg_temp.setting('now') AS present) AS at
      OFFSET 0) AS told;
DROP TABLE planned;

-- An open ticket of a reopening is in its second cycle, which has had no answer yet.
INSERT INTO tickets (ticket_id, player_id, state, title, detail, solution, category, form, priority, waiting_on,
                     assignee_agent_id, parent_ticket_id, game_id, profile_id, server, player_tier, created_by,
                     asked_at, first_replied_at, done_at, cycle, first_response_due_at, resolution_due_at, next_due_at,
                     paused_since, version, revision, created_at, updated_at)
SELECT ticket_id, player_id, state, CASE WHEN m % 5 < 3 THEN '充值后元宝没有到账' END,
       '玩家反映：昨晚八点充值六百四十八元，游戏内一直没有收到元宝，已经重启过游戏，支付截图见附件，请尽快核实处理。（' || m || '）',
       CASE WHEN done1 IS NOT NULL THEN '已核实订单并补发元宝，玩家确认收到，另赠送体力药水两瓶。' END,
       category, '{}', priority, waiting_on, CASE WHEN replied IS NOT NULL OR m % 10 < 3 THEN agent_id END,
       CASE WHEN of_incident THEN pg_temp.ticket_id(m - m % 1000) END,
       CASE WHEN plays THEN pg_temp.game(game) END, CASE WHEN plays THEN pg_temp.profile_id(n, game) END,
       CASE WHEN plays THEN pg_temp.server_name(n, game) END, pg_temp.tier(n), agent_id, pg_temp.moment(asked),
       pg_temp.moment(replied), pg_temp.moment(done_at), CASE WHEN reopened IS NULL THEN 1 ELSE 2 END,
       pg_temp.moment(answer_due), CASE WHEN state <> 'done' AND waiting_on <> 'player' THEN pg_temp.moment(solution_due) END,
       CASE WHEN state <> 'done' THEN pg_temp.moment(least(
         CASE WHEN replied IS NULL OR reopened IS NOT NULL THEN answer_due END,
         CASE WHEN waiting_on <> 'player' THEN solution_due END)) END,
       CASE WHEN waiting_on = 'player' THEN pg_temp.moment(replied) END, 3, 5, pg_temp.moment(since),
       pg_temp.moment(coalesce(done2, done1, replied, since))
FROM (SELECT *, game < 4 AND pg_temp.plays(n, game) AS plays, coalesce(reopened, asked) + answer AS answer_due,
             coalesce(reopened, asked) + solution AS solution_due FROM made ORDER BY m) AS due;

INSERT INTO cycles (ticket_id, cycle, opened_at, first_replied_at, first_replied_by, first_replied_team, done_at,
                    done_by, done_team, first_response_due_at, resolution_due_at, paused_since, first_response_seconds,
                    resolution_seconds, rules_revision, reopened)
SELECT ticket_id, 1, pg_temp.moment(asked), pg_temp.moment(replied), CASE WHEN replied IS NOT NULL THEN agent_id END,
       CASE WHEN replied IS NOT NULL THEN team END, pg_temp.moment(done1), CASE WHEN done1 IS NOT NULL THEN agent_id END,
       CASE WHEN done1 IS NOT NULL THEN team END, pg_temp.moment(asked + answer), pg_temp.moment(asked + solution),
       CASE WHEN waiting_on = 'player' THEN pg_temp.moment(replied) END, (replied - asked) / 1000,
       (done1 - asked) / 1000, 1, reopened IS NOT NULL
FROM made ORDER BY m;

INSERT INTO cycles (ticket_id, cycle, opened_at, first_replied_at, first_replied_by, first_replied_team, done_at,
                    done_by, done_team, first_response_due_at, resolution_due_at, first_response_seconds,
                    resolution_seconds, rules_revision)
SELECT ticket_id, 2, pg_temp.moment(reopened), pg_temp.moment(done2), CASE WHEN done2 IS NOT NULL THEN agent_id END,
       CASE WHEN done2 IS NOT NULL THEN team END, pg_temp.moment(done2), CASE WHEN done2 IS NOT NULL THEN agent_id END,
       CASE WHEN done2 IS NOT NULL THEN team END, pg_temp.moment(reopened + answer), pg_temp.moment(reopened + solution),
       (done2 - reopened) / 1000, (done2 - reopened) / 1000, 1
FROM made WHERE reopened IS NOT NULL;

-- Recorded, begun, answered, a note in one of three, done, opened again, done again.
INSERT INTO entries (entry_id, ticket_id, player_id, kind, text, from_state, to_state, changes, agent_id, happened_at,
                     recorded_at)
SELECT pg_temp.uuid7(at, m, 120 + place), ticket_id, player_id, kind, text, from_state, to_state, '[]', agent_id,
       pg_temp.moment(CASE WHEN place = 1 THEN asked ELSE at END), pg_temp.moment(at)
FROM made, LATERAL (VALUES
  (1, since, 'created', NULL, NULL, NULL),
  (2, replied - 30000, 'transition', NULL, 'pending', 'in_progress'),
  (3, replied, 'reply', '您好，已经收到，正在为您核实订单，请稍等。', NULL, NULL),
  (4, CASE WHEN m % 3 = 0 THEN replied + 5000 END, 'note', '订单号已发给技术同事查询。', NULL, NULL),
  (5, done1, 'transition', NULL, 'in_progress', 'done'),
  (6, reopened, 'transition', '玩家说仍未收到。', 'done', 'in_progress'),
  (7, CASE WHEN reopened IS NOT NULL THEN done2 END, 'reply', '已重新补发，请查收。', NULL, NULL),
  (8, CASE WHEN reopened IS NOT NULL THEN done2 + 1 END, 'transition', NULL, 'in_progress', 'done')
) AS line (place, at, kind, text, from_state, to_state)
WHERE at IS NOT NULL ORDER BY m, place;
