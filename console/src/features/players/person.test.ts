import { expect, test } from 'vitest'
import { loadMessages } from '../../app/i18n'
import { keys, queryClient } from '../../app/query'
import { notices, undo } from '../../shared/notices'
import { AGENT, aPitch, aPlayer, aTicket, list, PLAYER_ID, problem, section, settled, show, stubApi } from '../../testing/api'
import type { Pitch, Player } from '../../api/types'
import PlayerView from './PlayerView.vue'
import { putPlayer } from './usePlayerWrite'

const OTHER = '019370a0-0000-7000-8000-000000000002'
async function person(change: Partial<Player>, routes: Parameters<typeof stubApi>[0] = {}, { pitch = {}, role = 'agent', tickets = list(aTicket()) }: { pitch?: Partial<Pitch>; tickets?: ReturnType<typeof list<ReturnType<typeof aTicket>>>; role?: 'agent' | 'lead' | 'admin' } = {}) {
  await Promise.all([import('./PlayerEdit.vue'), import('./PlayerHistory.vue'), import('./PlayerHandOver.vue'), import('./PlayerMerge.vue'), import('./PlayerErase.vue'), import('./PlayerReveals.vue'), loadMessages('desk')])
  const stub = stubApi({
    [`GET /home/players/${PLAYER_ID}`]: [200, {
      player_id: PLAYER_ID, player: section(aPlayer(change)), tickets: section(tickets), pitch: section(aPitch(pitch)), touches: section(list()), quotes: section(list()), orders: section(list()),
    }],
    'GET /agents': [200, list({ ...AGENT, agent_id: 'KF002', name: '王二' })],
    ...routes,
  })
  const view = show(PlayerView, { props: { id: PLAYER_ID } })
  queryClient.setQueryData(keys.session, { agent: { ...AGENT, role }, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, view }
}

test('tags are edited between commas, may hold a blank, and only what differs is sent', async () => {
  const { stub, view } = await person({ tags: ['老玩家 信任高'] }, { [`PATCH /players/${PLAYER_ID}`]: [200, aPlayer({ version: 2, tags: ['老玩家 信任高', '爱砍价', '周末在线'] })] })
  await view.get('[data-testid=edit-player]').trigger('click')
  await settled()
  const field = view.get('[data-testid=edit-tags]')
  await field.setValue(`${(field.element as HTMLInputElement).value}，爱砍价 , 周末在线、爱砍价`)
  await view.get('[data-testid=player-edit]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH /players/${PLAYER_ID}`)[0]!.body).toEqual({ tags: ['老玩家 信任高', '爱砍价', '周末在线'] })
  expect(view.get('[data-testid=player-card]').text()).toContain('周末在线')
})

test('the suggested tier is adopted with one click, and taken back', async () => {
  const { stub, view } = await person({}, {
    [`PATCH /players/${PLAYER_ID}`]: (_call, attempt) => [200, aPlayer({ version: 1 + attempt, tier: attempt === 1 ? 'whale' : 'big' })],
  }, { pitch: { suggested_tier: 'whale' } })
  await view.get('[data-testid=adopt-tier]').trigger('click')
  await settled()
  expect(view.find('[data-testid=adopt-tier]').exists()).toBe(false)
  await undo(notices.at(-1)!.id)
  expect(stub.of(`PATCH /players/${PLAYER_ID}`).map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"1"', { tier: 'whale' }], ['"2"', { tier: 'big' }]])
})

const OTHER_TIER = aPlayer({ version: 2, tier: 'medium' })
test('what goes out again after a lost answer is what was pressed: a colleague\'s tier meanwhile stays', async () => {
  let away = true
  const { stub, view } = await person({}, {
    [`PATCH /players/${PLAYER_ID}`]: () => {
      if (!away) return [412, problem('stale-version', { current: OTHER_TIER })]
      away = false
      putPlayer(OTHER_TIER, 'KF001') // as the stream tells it
      return 'network'
    },
    [`GET /players/${PLAYER_ID}`]: [200, OTHER_TIER], 'GET /player-cards': [200, list()],
  }, { pitch: { suggested_tier: 'whale' } })
  await view.get('[data-testid=adopt-tier]').trigger('click')
  await settled()
  expect(stub.of(`PATCH /players/${PLAYER_ID}`).map((call) => call.headers.get('If-Match'))).toEqual(['"1"', '"1"'])
  expect(view.get('[data-testid=player-card]').text()).toContain('中R')
})
test('a tier that got through while its answer was lost is adopted, no conflict', async () => {
  const now = aPlayer({ version: 2, tier: 'whale' })
  const { view } = await person({}, {
    [`PATCH /players/${PLAYER_ID}`]: (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current: now })]), 'GET /player-cards': [200, list()],
  }, { pitch: { suggested_tier: 'whale' } })
  await view.get('[data-testid=adopt-tier]').trigger('click')
  await settled()
  expect([view.find('[data-testid=problem]').exists(), notices.at(-1)!.text]).toEqual([false, '消费等级已改为超R。'])
})
test('whom a colleague has handed over meanwhile is not handed over by a repetition', async () => {
  const theirs = aPlayer({ version: 2, owner_agent_id: 'KF003' })
  const { stub, view } = await person({}, {
    [`PATCH /players/${PLAYER_ID}`]: (_call, attempt) => {
      if (attempt > 1) return [412, problem('stale-version', { current: theirs })]
      putPlayer(theirs, 'KF001')
      return 'network'
    },
    [`GET /players/${PLAYER_ID}`]: [200, theirs], 'GET /player-cards': [200, list()],
  })
  await view.get('[data-testid=act-handOver]').trigger('click')
  await settled()
  await view.get('[data-testid=hand-over-to]').setValue('KF002')
  await view.get('[data-testid=player-hand-over]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH /players/${PLAYER_ID}`).map((call) => call.headers.get('If-Match'))).toEqual(['"1"', '"1"'])
})

test('the history names what changed, from what to what (B4)', async () => {
  const { view } = await person({}, { [`GET /players/${PLAYER_ID}/history`]: [200, list(
    { history_id: 'h1', player_id: PLAYER_ID, profile_id: 'p', kind: 'renamed', details: { game_id: 'xy', before: '悟空', after: '大圣' }, agent_id: null, happened_at: '2026-03-01T02:00:00Z' },
    { history_id: 'h2', player_id: PLAYER_ID, profile_id: null, kind: 'tier_changed', details: { before: 'small', after: 'big' }, agent_id: 'KF002', happened_at: '2026-03-01T02:00:00Z' },
  )] })
  await view.get('[data-testid=act-history]').trigger('click')
  await settled()
  const [renamed, tier] = view.findAll('[data-testid=change]').map((row) => row.text())
  expect(renamed).toMatch(/改名.*悟空 → 大圣.*游戏同步/)
  expect(tier).toMatch(/消费等级.*小R → 大R.*王二/)
})

test('another record is merged field by field against both versions, and the merge can be undone', async () => {
  const other = aPlayer({ player_id: OTHER, wechat_id: 'wx_long2', wechat_name: '阿龙小号', version: 7, note: '夜里在线' })
  const merge = { merge_id: 'm1', survivor_id: PLAYER_ID, loser_id: OTHER, merged_by: 'KF001', merged_at: '2026-03-01T02:00:00Z', undone_by: null, undone_at: null }
  const { stub, view } = await person({}, {
    [`GET /players/${PLAYER_ID}/merges`]: [200, list()], 'GET /players': [200, list(aPlayer(), other)], [`GET /players/${OTHER}`]: [200, other],
    [`POST /players/${PLAYER_ID}/merges`]: [201, merge], 'POST /merges/m1/undo': [200, merge],
  })
  await view.get('[data-testid=act-merge]').trigger('click')
  await settled()
  await view.get('[data-testid=merge-find]').setValue('wx_long2')
  await view.get('[data-testid=player-merge]').trigger('submit')
  await settled()
  expect(view.findAll('[data-testid=merge-found]')).toHaveLength(1)
  await view.get('[data-testid=merge-choose]').trigger('click')
  await settled()
  await view.get('[data-testid=merge-wechat_name] input[value=loser]').setValue(true)
  await view.get('[data-testid=player-merge]').trigger('submit')
  await settled()
  const [call] = stub.of(`POST /players/${PLAYER_ID}/merges`)
  expect(call!.headers.get('If-Match')).toBe('"1"')
  expect(call!.body).toEqual({ loser_id: OTHER, loser_version: 7, keep: { wechat_id: 'survivor', wechat_name: 'loser', note: 'both' } })
  await undo(notices.at(-1)!.id)
  expect(stub.of('POST /merges/m1/undo')[0]!.body).toEqual({ reason: '合并有误' })
})

test('the preview of a merge says what comes along, phones and a block among it', async () => {
  const other = aPlayer({ player_id: OTHER, wechat_name: '阿龙小号', phones: [{ phone: '+8613900005678', primary: true }] })
  const { view } = await person({}, {
    [`GET /players/${PLAYER_ID}/merges`]: [200, list()], 'GET /players': [200, list(other)], [`GET /players/${OTHER}`]: [200, other],
    [`GET /home/players/${OTHER}`]: [200, {
      player_id: OTHER, player: section(other), tickets: section({ items: [aTicket()], next_cursor: 'more' }), pitch: section(aPitch({ do_not_contact: { in_force: true, since: '2026-03-01T02:00:00Z' } })),
      touches: section(list()), quotes: section(list()), orders: section(list()),
    }],
  })
  await view.get('[data-testid=act-merge]').trigger('click')
  await settled()
  await view.get('[data-testid=merge-find]').setValue('小号')
  await view.get('[data-testid=player-merge]').trigger('submit')
  await settled()
  await view.get('[data-testid=merge-choose]').trigger('click')
  await settled()
  expect(view.get('[data-testid=player-merge]').text()).toContain('手机号都保留：13900005678')
  expect(view.get('[data-testid=merge-coming]').text()).toBe('一起归到这位玩家：工单 1+、订单 0、报价 0、沟通 0。')
  expect(view.get('[data-testid=merge-blocked]').text()).toContain('勿再联系')
})

test('a merge is taken back from the history as well, by who may merge', async () => {
  const routes: Parameters<typeof stubApi>[0] = {
    [`GET /players/${PLAYER_ID}/history`]: [200, list({ history_id: 'h1', player_id: PLAYER_ID, profile_id: null, kind: 'merged', details: {}, agent_id: 'KF002', happened_at: '2026-03-01T02:00:00Z' })],
    [`GET /players/${PLAYER_ID}/merges`]: [200, list({ merge_id: 'm1', survivor_id: PLAYER_ID, loser_id: OTHER, merged_by: 'KF002', merged_at: '2026-03-01T02:00:00Z', undone_by: null, undone_at: null })],
  }
  const first = await person({}, routes)
  await first.view.get('[data-testid=act-history]').trigger('click')
  await settled()
  expect(first.view.find('[data-testid=player-history] [data-testid=merge-undo]').exists()).toBe(true)
  first.view.unmount()
  queryClient.clear()
  const { view } = await person({ owner_agent_id: 'KF009' }, routes)
  await view.get('[data-testid=act-history]').trigger('click')
  await settled()
  expect([view.findAll('[data-testid=change]').length, view.find('[data-testid=merge-undo]').exists()]).toEqual([1, false])
})

test('who has the player open hears that a colleague has merged him, and goes to the one who stays', async () => {
  const stays = aPlayer({ player_id: OTHER, wechat_name: '导入一号', redirected_from: PLAYER_ID })
  const { view } = await person({}, { [`GET /players/${PLAYER_ID}`]: [200, stays] })
  await queryClient.invalidateQueries({ queryKey: keys.section(PLAYER_ID, 'player') }) // as the stream tells it
  await settled()
  expect(view.emitted('moved')).toEqual([[OTHER]])
  expect(notices.at(-1)!.text).toBe('这位玩家已合并到 导入一号。')
})

test('who is not to be contacted is marked at his name', async () => {
  const { view } = await person({}, {}, { pitch: { do_not_contact: { in_force: true, since: '2026-03-01T02:00:00Z' }, warnings: [{ kind: 'contact_frequency', count: 3, max_touches: 2, days: 7, next_free_on: '2026-03-09' }] } })
  expect(view.get('[data-testid=name-blocked]').text()).toBe('勿再联系')
  expect(view.get('[data-testid=pitch-frequency]').text()).not.toContain('可再联系')
})

test('a player is handed over to a colleague', async () => {
  const { stub, view } = await person({}, { [`PATCH /players/${PLAYER_ID}`]: [200, aPlayer({ version: 2, owner_agent_id: 'KF002' })] })
  await view.get('[data-testid=act-handOver]').trigger('click')
  await settled()
  await view.get('[data-testid=hand-over-to]').setValue('KF002')
  await view.get('[data-testid=player-hand-over]').trigger('submit')
  await settled()
  expect(stub.of(`PATCH /players/${PLAYER_ID}`)[0]!.body).toEqual({ owner_agent_id: 'KF002' })
})

test('a lead erases with a reason and asks once more; an agent is not offered it', async () => {
  const first = await person({})
  expect(first.view.find('[data-testid=act-erase]').exists()).toBe(false)
  first.view.unmount()
  queryClient.clear()
  const { stub, view } = await person({}, { [`POST /players/${PLAYER_ID}/erasure`]: [200, aPlayer({ erased: true, version: 2 })], 'GET /agents': [200, list(AGENT)] }, { role: 'lead' })
  await view.get('[data-testid=act-erase]').trigger('click')
  await settled()
  await view.get('[data-testid=erase-reason]').setValue('玩家来电要求')
  await view.get('[data-testid=erase]').trigger('click')
  expect(stub.of(`POST /players/${PLAYER_ID}/erasure`)).toHaveLength(0)
  await view.get('[data-testid=erase-yes]').trigger('click')
  await settled()
  expect(stub.of(`POST /players/${PLAYER_ID}/erasure`)[0]!.body).toEqual({ reason: '玩家来电要求' })
})

test('a lead of another team is offered nothing that he may not do; an admin is', async () => {
  const offered = (view: Awaited<ReturnType<typeof person>>['view']) =>
    ['edit-player', 'adopt-tier', 'act-handOver', 'act-merge', 'act-erase', 'act-history'].filter((part) => view.find(`[data-testid=${part}]`).exists())
  const others: Partial<Player> = { owner_agent_id: 'KF009' }
  const agents: Parameters<typeof stubApi>[0] = { 'GET /agents': [200, list({ ...AGENT, agent_id: 'KF009', team: '二组' })], 'GET /stand-ins': [200, list()] }
  const first = await person(others, agents, { role: 'lead', pitch: { suggested_tier: 'whale' } })
  expect(offered(first.view)).toEqual(['act-history'])
  first.view.unmount()
  queryClient.clear()
  const { view } = await person(others, agents, { role: 'admin', pitch: { suggested_tier: 'whale' } })
  expect(offered(view)).toEqual(['edit-player', 'adopt-tier', 'act-handOver', 'act-merge', 'act-erase', 'act-history'])
})

test('handing over is taken back by who decides for the new owner, and by nobody else', async () => {
  const give = async (team: string, role: 'lead' | 'agent') => {
    const { stub, view } = await person({}, {
      [`PATCH /players/${PLAYER_ID}`]: (_call, attempt) => [200, aPlayer({ version: 1 + attempt, owner_agent_id: attempt === 1 ? 'KF002' : 'KF001' })],
      'GET /agents': [200, list(AGENT, { ...AGENT, agent_id: 'KF002', name: '王二', team })], 'GET /stand-ins': [200, list()],
    }, { role })
    await view.get('[data-testid=act-handOver]').trigger('click')
    await settled()
    await view.get('[data-testid=hand-over-to]').setValue('KF002')
    await view.get('[data-testid=player-hand-over]').trigger('submit')
    await settled()
    const notice = notices.at(-1)!
    view.unmount()
    queryClient.clear()
    return { notice, stub }
  }
  const own = await give('一组', 'lead')
  await undo(own.notice.id)
  expect(own.stub.of(`PATCH /players/${PLAYER_ID}`).map(({ body }) => body)).toEqual([{ owner_agent_id: 'KF002' }, { owner_agent_id: 'KF001' }])
  expect((await give('二组', 'lead')).notice.undo).toBeUndefined()
  expect((await give('一组', 'agent')).notice.undo).toBeUndefined()
})

test('an erased player looks erased: nothing new is recorded of him', async () => {
  const { view } = await person({ erased: true, wechat_id: null, wechat_name: null, phone: null, phones: [] }, {}, { tickets: list(aTicket({ detail: '', solution: '', state: 'done' })) })
  expect(view.get('[data-testid=player-name]').text()).toBe('已删除的玩家')
  expect(view.find('[data-testid=erased]').exists()).toBe(true)
  expect(view.get('[data-testid=ticket-erased]').text()).toContain('应玩家要求删除')
  expect(view.get('[data-testid=state-in_progress]').attributes('disabled')).toBeDefined()
  for (const part of ['ticket-composer', 'new-touch', 'new-order', 'edit-player', 'reveal', 'act-merge', 'edit-solution', 'edit-ticket', 'transfer-ticket', 'quote-withdraw']) expect([part, view.find(`[data-testid=${part}]`).exists()]).toEqual([part, false])
})

test('a handed-over player goes back to who had him, also when the page has heard of the change first', async () => {
  const { stub, view } = await person({}, {
    [`PATCH /players/${PLAYER_ID}`]: (_call, attempt) => {
      if (attempt === 1) queryClient.setQueryData(keys.section(PLAYER_ID, 'player'), section(aPlayer({ version: 2, owner_agent_id: 'KF002' })))
      return [200, aPlayer({ version: 1 + attempt, owner_agent_id: attempt === 1 ? 'KF002' : 'KF001' })]
    },
  }, { role: 'lead' })
  await view.get('[data-testid=act-handOver]').trigger('click')
  await settled()
  await view.get('[data-testid=hand-over-to]').setValue('KF002')
  await view.get('[data-testid=player-hand-over]').trigger('submit')
  await settled()
  await undo(notices.at(-1)!.id)
  expect(stub.of(`PATCH /players/${PLAYER_ID}`)[1]!.body).toEqual({ owner_agent_id: 'KF001' })
})

test('a lead sees who looked at the contacts, and why; an agent is not offered it', async () => {
  const first = await person({})
  expect(first.view.find('[data-testid=act-reveals]').exists()).toBe(false)
  first.view.unmount()
  queryClient.clear()
  const { view } = await person({}, { [`GET /players/${PLAYER_ID}/reveals`]: [200, list({ reveal_id: 'v1', player_id: PLAYER_ID, agent_id: 'KF002', reason: '回复玩家', revealed_at: '2026-03-01T02:00:00Z' })] }, { role: 'lead' })
  await view.get('[data-testid=act-reveals]').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=look]').map((row) => row.text())).toEqual([expect.stringMatching(/王二.*回复玩家/)])
})
