-- The players database: everything but the index of names, whose grams the service's own function makes.

INSERT INTO agents (agent_id, name, role, team, active, password_hash, version, created_at, updated_at)
SELECT pg_temp.agent(a), '客服' || a, pg_temp.role(a), pg_temp.team(a), true, '', 1, now(), now()
FROM generate_series(0, pg_temp.setting('agents') - 1) AS a ON CONFLICT DO NOTHING;

INSERT INTO agent_wechat_bindings (binding_id, agent_id, wechat_id, wechat_key, wechat_name, valid_from)
SELECT gen_random_uuid(), agent_id, 'desk_' || agent_id, lower('desk_' || agent_id), name, now() FROM agents;

-- Surnames as common as they are in China, of a thousand (王 70); given names, the common ones first; nicknames.
CREATE TEMP TABLE words AS SELECT
  (SELECT string_agg(repeat(left(w, 1), substr(w, 2)::int), '')
   FROM unnest(string_to_array('王70 李72 张68 刘54 陈45 杨31 黄22 赵21 周21 吴20 徐17 孙15 朱15 马13 胡13 郭12 林12 何12 高11 '
     '梁10 郑10 罗10 宋9 谢9 唐8 韩8 曹8 许8 邓8 萧7 冯7 曾7 程6 蔡6 彭6 潘6 袁6 于6 董6 余5 苏5 叶5 吕5 魏5 蒋5 田5 杜5 丁5 沈5 '
     '姜5 范5 江4 傅4 钟4 卢4 汪4 戴4 崔4 任4 陆4 廖4 姚4 方4 金4 邱4 夏4 谭4 韦4 贾4 邹4 石4 熊4 孟4 秦4 阎4 薛4 侯4 雷3 白3 龙3 '
     '段3 郝3 孔3 邵3 史3 毛3 常3 万3 顾3 赖3 武3 康3 贺3 严3 尹3 钱3 施3 牛3 洪3 龚3', ' ')) AS w) AS surnames,
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰红建国志小晓雪梅海燕春鹏飞宇浩然子轩梓涵欣怡佳琪思雨嘉豪俊凯博天一诺可馨紫萱'
  '瑞泽宏毅立诚永康福生德胜家庆新民东升学友成龙光辉少峰振兴景行长安云松柏竹青山水清风月星辰阳晨曦朝夕秋冬晴岚雅婷诗琴棋书画墨香菲莉莎'
  '珊瑚珍珠宝翠玲珑琳瑶璐珏琦玮琛瑾瑜璇珂彬斌武威猛雄虎豹鹰凤凰鸿雁鹤翔腾达远航程锦绣荣昌盛世和顺祥瑜良善仁义礼智信忠孝廉耻节勤俭恭谦让温' AS given,
  '逍遥剑客无敌霸王天下战神龙王凤舞九天飞雪流星明月清风孤独江湖浪子醉梦红尘烟雨江南倾城绝世修罗夜神血影暗夜冰封雷霆烈火狂刀疾风苍穹'
  '玄武朱雀青龙白虎麒麟王者荣耀传说英雄小妖大圣悟空八戒萌萌甜心宝贝奶茶可乐西瓜土豆团子汤圆饺子包子糖果柠檬' AS nick,
  '{dragon,shadow,moon,tiger,lucky,king,angel,storm,phoenix,wolf,ghost,ninja,knight,sunny,blade,frost,magic,hero,star,panda}'
    ::text[] AS latin;

CREATE FUNCTION pg_temp.pick(chars text, length int, n bigint, salt bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN substr(chars, 1 + length * pg_temp.draw(n, salt, length(chars) / length)::int, length);

CREATE FUNCTION pg_temp.full_name(w words, n bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN pg_temp.pick(w.surnames, 1, n, 40) || pg_temp.pick(w.given, 1, n, 41)
         || CASE WHEN pg_temp.draw(n, 42, 100) < 80 THEN pg_temp.pick(w.given, 1, n, 43) ELSE '' END;

CREATE FUNCTION pg_temp.nickname(w words, n bigint, salt bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN CASE WHEN pg_temp.draw(n, salt, 10) < 6
              THEN pg_temp.pick(w.nick, 2, n, salt + 1) || pg_temp.pick(w.nick, 2, n, salt + 2)
              WHEN pg_temp.draw(n, salt, 10) < 8
              THEN pg_temp.pick(w.nick, 2, n, salt + 1) || pg_temp.pick(w.given, 1, n, salt + 2)
              ELSE initcap(w.latin[1 + pg_temp.draw(n, salt + 1, 20)]) || pg_temp.draw(n, salt + 2, 10000) END;

-- Most keep the id that WeChat gave out.
CREATE FUNCTION pg_temp.given_out(n bigint, salt bigint) RETURNS text IMMUTABLE LANGUAGE sql
  RETURN 'wxid_' || substr(lower(translate(encode(decode(md5(n || ':' || salt), 'hex'), 'base64'), '+/=', 'q8z')), 1, 14);

CREATE TEMP TABLE people AS
SELECT n, pg_temp.player_id(n) AS player_id, pg_temp.erased(n) AS erased,
       pg_temp.moment(pg_temp.player_since(n)) AS since,
       CASE WHEN pg_temp.erased(n) OR pg_temp.draw(n, 50, 100) < 5 THEN NULL
            WHEN pg_temp.draw(n, 50, 100) < 70 THEN pg_temp.given_out(n, 1)
            ELSE words.latin[1 + pg_temp.draw(n, 51, 20)] || '_' || lpad(to_hex(n * 2654435761 % 4294967296), 8, '0')
            END AS wechat_id,
       CASE WHEN pg_temp.erased(n) OR pg_temp.draw(n, 52, 100) < 5 THEN NULL
            WHEN pg_temp.draw(n, 52, 100) < 65 THEN pg_temp.full_name(words, n)
            ELSE pg_temp.nickname(words, n, 60) END AS wechat_name
FROM words, generate_series(1, pg_temp.setting('players')) AS n;

INSERT INTO players (player_id, owner_agent_id, wechat_id, wechat_name, tier, minor_band, note, tags, merged_into,
                     erased_at, version, created_at, updated_at)
SELECT player_id, pg_temp.agent(pg_temp.owner_number(n)), wechat_id, wechat_name, pg_temp.tier(n),
       pg_temp.minor_band(n), CASE WHEN n % 4 = 0 AND NOT erased THEN '常在周末晚上上线，喜欢限时礼包，不接电话。' ELSE '' END,
       CASE WHEN erased THEN '{}' WHEN n % 50 = 3 THEN '{投诉}'::text[] WHEN n % 8 = 3 THEN '{老玩家,周末}' ELSE '{}' END,
       CASE WHEN pg_temp.root(n) <> n THEN pg_temp.player_id(pg_temp.root(n)) END,
       CASE WHEN erased THEN now() END, 1, since, since
FROM people;

-- One phone each, of one in twenty two. Multiplying spreads the numbers and keeps them different.
INSERT INTO player_phones (phone, player_id, position)
SELECT '+861' || 3 + which / 2000000000 % 7 || lpad((which * 618033989 % 1000000000)::text, 9, '0'), player_id, position
FROM (SELECT player_id, position, n + position * 500000000 + pg_temp.draw(n, 53, 7) * 2000000000 AS which
      FROM people, generate_series(0, CASE WHEN n % 20 = 0 THEN 1 ELSE 0 END) AS position WHERE NOT erased) AS phones;

-- Every tenth had another one before.
INSERT INTO player_wechat_ids (player_id, wechat_key, wechat_id, since)
SELECT player_id, wechat_id, wechat_id, since FROM people WHERE wechat_id IS NOT NULL
UNION ALL
SELECT player_id, pg_temp.given_out(n, 2), pg_temp.given_out(n, 2), since - interval '1 year'
FROM people WHERE n % 10 = 0 AND NOT erased;

INSERT INTO profiles (profile_id, player_id, game_id, state, game_account_id, nickname, server_id, server_name, level,
                      vip_level, synced_at, attempted_at, version)
SELECT pg_temp.profile_id(n, game), player_id, pg_temp.game(game),
       CASE WHEN NOT has THEN 'not_found' WHEN pg_temp.draw(n, 54, 1000) = 0 THEN 'error' ELSE 'ok' END,
       CASE WHEN has THEN game || lpad(n::text, 9, '0') END,
       CASE WHEN has THEN pg_temp.nickname(words, n, 70 + 10 * game) END,
       CASE WHEN has THEN 's' || pg_temp.server(n, game) END,
       CASE WHEN has THEN pg_temp.server_name(n, game) END,
       CASE WHEN has THEN 1 + pg_temp.draw(n, 55 + game, 120) END,
       CASE WHEN has THEN floor(16 * pg_temp.share(n, 58 + game)) END,
       synced_at, synced_at, 1 + n % 5
FROM (SELECT n, player_id, game, pg_temp.plays(n, game) AS has,
             now() - pg_temp.draw(n, 59, 72000) * interval '1 second' AS synced_at
      FROM people, generate_series(1, 3) AS game WHERE NOT erased) AS played, words;

ANALYZE people;
ANALYZE profiles;

INSERT INTO profile_syncs (player_id, game_id, priority, due_at, attempts)
SELECT player_id, game_id, 2, synced_at + interval '1 day', 0 FROM profiles;

INSERT INTO player_history (history_id, player_id, profile_id, kind, details, agent_id, happened_at)
SELECT pg_temp.uuid7(pg_temp.player_since(n), n, 90), player_id, NULL, 'created', '{}',
       pg_temp.agent(pg_temp.owner_number(n)), since
FROM people;

INSERT INTO player_history (history_id, player_id, profile_id, kind, details, agent_id, happened_at)
SELECT pg_temp.uuid7(pg_temp.player_since(n) + 2000, n, 90 + game), player_id, pg_temp.profile_id(n, game),
       'profile_appeared', jsonb_build_object('game_id', pg_temp.game(game), 'before', NULL, 'after', '某人'), NULL,
       since + interval '2 seconds'
FROM people, generate_series(1, 3) AS game WHERE pg_temp.plays(n, game);

INSERT INTO player_history (history_id, player_id, profile_id, kind, details, agent_id, happened_at)
SELECT pg_temp.uuid7(at, n, 94), player_id, pg_temp.profile_id(n, 1), 'renamed',
       jsonb_build_object('game_id', 'xiyou', 'before', '旧名', 'after', '新名'), NULL, pg_temp.moment(at)
FROM (SELECT n, player_id, pg_temp.player_since(n) + (pg_temp.setting('now') - pg_temp.player_since(n)) / 2 AS at
      FROM people WHERE n % 4 = 0 AND NOT erased) AS renamed;
