-- The sales database: copies of the players and their accounts, two contacts a player, and an order for every second.
-- Packs are there already: they are sold in turn. Copies of tickets come from the tickets database, by the caller.

INSERT INTO agent_copies (agent_id, role, team, active, version)
SELECT pg_temp.agent(a), pg_temp.role(a), pg_temp.team(a), true, 1
FROM generate_series(0, pg_temp.setting('agents') - 1) AS a ON CONFLICT DO NOTHING;

INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, merged_into, erased, version)
SELECT pg_temp.player_id(n), pg_temp.agent(pg_temp.owner_number(n)), pg_temp.tier(n), pg_temp.minor_band(n),
       CASE WHEN pg_temp.root(n) <> n THEN pg_temp.player_id(pg_temp.root(n)) END, pg_temp.erased(n), 1
FROM generate_series(1, pg_temp.setting('players')) AS n;

INSERT INTO profile_copies (profile_id, player_id, game_id, server, game_account_id, server_id, state, version)
SELECT pg_temp.profile_id(n, game), pg_temp.player_id(n), pg_temp.game(game),
       CASE WHEN plays THEN pg_temp.server_name(n, game) END, CASE WHEN plays THEN game || lpad(n::text, 9, '0') END,
       CASE WHEN plays THEN 's' || pg_temp.server(n, game) END, CASE WHEN plays THEN 'ok' ELSE 'not_found' END, 1
FROM (SELECT n, game, pg_temp.plays(n, game) AS plays
      FROM generate_series(1, pg_temp.setting('players')) AS n, generate_series(1, 3) AS game
      WHERE NOT pg_temp.erased(n)) AS played;

-- What happened between the desk and somebody who was a player by then, one contact after the other over two years.
-- A quarter is a sale, a quarter wants to think about it, the others say no or nothing.
CREATE TEMP TABLE told AS
SELECT t, at, n, pg_temp.uuid7(at, t, 200) AS touch_id, pg_temp.player_id(n) AS player_id,
       pg_temp.agent(pg_temp.owner_number(n)) AS agent_id, pg_temp.team(pg_temp.owner_number(n)) AS team,
       CASE t % 4 WHEN 0 THEN 'won' WHEN 1 THEN 'thinking' WHEN 2 THEN 'lost' ELSE 'no_reply' END AS outcome,
       CASE WHEN t % 4 = 0 THEN pg_temp.uuid7(at, t, 201) END AS order_id
FROM (SELECT t, pg_temp.setting('begin') + t * (pg_temp.setting('now') - pg_temp.setting('begin'))
                / (2 * pg_temp.setting('players') + 1) AS at,
             pg_temp.root(drawn + pg_temp.erased(drawn)::int) AS n
      FROM (SELECT t, 1 + pg_temp.draw(t, 202, 1 + (t - 1) / 2) AS drawn
            FROM generate_series(1, 2 * pg_temp.setting('players')) AS t OFFSET 0) AS players OFFSET 0) AS contacts;

CREATE TEMP TABLE packs AS
SELECT row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS packs, pack_id, code, name, revision,
       version, discount_bp, list_price_fen, price_fen, currency, contents
FROM pack_copies WHERE state = 'active' AND player_id IS NULL AND contents -> 0 ->> 'game_id' = 'xiyou';

-- The last two hundred have not been confirmed; three of a hundred were cancelled.
INSERT INTO orders (order_id, player_id, seller_agent_id, profile_id, game_id, server, game_account_id, pack_id,
                    pack_code, pack_name, pack_revision, pack_version, discount_bp, list_price_fen, contents,
                    amount_due_fen, amount_paid_fen, currency, method, transaction_id, paid_at, state, verified,
                    verified_by, verified_at, cancelled_by, cancelled_at, cancel_reason, seller_team, tier, minor_band,
                    version, created_at, updated_at)
SELECT order_id, player_id, agent_id, pg_temp.profile_id(n, 1), 'xiyou', pg_temp.server_name(n, 1),
       '1' || lpad(n::text, 9, '0'), pack_id, code, name, revision, version, discount_bp, list_price_fen, contents,
       price_fen, price_fen, currency, (ARRAY['wechat_pay', 'alipay', 'wechat_transfer'])[1 + t % 3], 'BULK' || t,
       moment, CASE WHEN cancelled THEN 'cancelled' WHEN waits THEN 'paid' ELSE 'delivered' END,
       NOT waits, CASE WHEN NOT waits THEN 'KF001' END, CASE WHEN NOT waits THEN moment END,
       CASE WHEN cancelled THEN 'KF001' END, CASE WHEN cancelled THEN moment END,
       CASE WHEN cancelled THEN '录错了玩家' END, team, pg_temp.tier(n), pg_temp.minor_band(n), 2, moment, moment
FROM (SELECT *, pg_temp.moment(at) AS moment, t > 2 * pg_temp.setting('players') - 800 AS waits,
             t % 132 = 0 AND t <= 2 * pg_temp.setting('players') - 800 AS cancelled
      FROM told WHERE outcome = 'won') AS sold
JOIN packs ON packs.place = pg_temp.draw(t, 203, packs.packs)
ORDER BY t;

INSERT INTO deliveries (order_id, state, profile_id, game_id, server, server_id, game_account_id, attempts,
                        queued_at, delivered_at)
SELECT order_id, CASE state WHEN 'delivered' THEN state WHEN 'paid' THEN 'waiting' ELSE 'stopped' END, profile_id,
       game_id, server, NULL, game_account_id, (state = 'delivered')::int,
       CASE WHEN state = 'delivered' THEN paid_at END, CASE WHEN state = 'delivered' THEN paid_at END
FROM orders;

CREATE TEMP TABLE reasons AS
SELECT row_number() OVER (ORDER BY reason_id) - 1 AS place, count(*) OVER () AS reasons, reason_id FROM lost_reasons;

INSERT INTO touches (touch_id, player_id, agent_id, outcome, reason_id, situation, player_state, pack_code,
                     offered_price_fen, offered_discount_bp, follow_up_on, order_id, agent_team, tier, occurred_at,
                     recorded_at)
SELECT touch_id, player_id, agent_id, outcome, CASE WHEN outcome = 'lost' THEN reason_id END,
       '周末活动，聊了新礼包', CASE WHEN t % 3 = 0 THEN '心情不错' ELSE '' END,
       CASE WHEN outcome <> 'no_reply' THEN code END, CASE WHEN outcome <> 'no_reply' THEN price_fen END,
       CASE WHEN outcome <> 'no_reply' THEN discount_bp END,
       CASE WHEN outcome = 'thinking' THEN current_date - 20 + pg_temp.draw(t, 205, 40)::int END, order_id, team,
       pg_temp.tier(n), pg_temp.moment(at), pg_temp.moment(at)
FROM told
JOIN packs ON packs.place = pg_temp.draw(t, 203, packs.packs)
JOIN reasons ON reasons.place = pg_temp.draw(t, 204, reasons.reasons);

-- Who said last that he would think about it, is asked again some day around now; nobody has to be reminded of it.
INSERT INTO follow_ups (touch_id, player_id, agent_id, owner_agent_id, due_on, reminded_on)
SELECT touch_id, player_id, agent_id, agent_id, follow_up_on, follow_up_on
FROM (SELECT DISTINCT ON (player_id) * FROM touches ORDER BY player_id, occurred_at DESC, touch_id DESC) AS latest
WHERE outcome = 'thinking';
