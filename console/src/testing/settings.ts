import type { Agent } from '../api/types'
import { keys, queryClient } from '../app/query'
import { notices } from '../shared/notices'
import { AGENT, list, settled, showPage, stubApi } from './api'

export const at = '2026-03-01T02:00:00Z'
export const colleague: Agent = { ...AGENT, agent_id: 'KF002', name: '张三', wechat_id: 'desk_kf002', wechat_name: '客服张三', version: 4 }
const away: Agent = { ...AGENT, agent_id: 'KF003', name: '李四', active: false, wechat_id: null, wechat_name: null }
export const ADMIN: Agent = { ...AGENT, role: 'admin' }
export const LEAD: Agent = { ...AGENT, role: 'lead' }
const sync = { circuit: 'open', open_until: at, due: 12, last_answer_at: at, last_failure_at: at, last_reason: 'timeout' }
export const category = { category_id: 'payment', name_zh: '充值', name_en: 'Payment', active: true, default_priority: 'high', form: [], version: 3, created_at: at, updated_at: at }
const week = { mon: [['09:00', '12:00'], ['13:00', '18:00']], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
const target = { first_response_minutes: 30, resolution_minutes: 480 }
export const rules = { revision: 2, zone: 'Asia/Shanghai', weekly: week, special_days: [{ date: '2026-10-01', name: '国庆', shifts: [] }], targets: { low: target, normal: target, high: target, urgent: target }, created_by: 'KF001', created_at: at }
const first = { ...rules, revision: 1, created_by: null, weekly: { ...week, mon: [['09:00', '18:00']] }, special_days: [] }
export const reason = { reason_id: 'r1', name: '价格太高', needs_note: false, active: true, version: 2 }
export const template = { template_id: 't1', title: '问候', text: '您好 {player_name}', category_id: null, personal: false, owner_agent_id: null, active: true, position: 10, version: 1, created_at: at, updated_at: at }
export const rule = { rule_id: 'd1', role: 'agent', game_id: null, campaign_id: null, max_discount_bp: 2000, lowest_price_fen: 600, rounding: 'fen', starts_on: null, ends_on: null, in_force: true, version: 1, created_by: null, updated_by: null, created_at: at, updated_at: at }

/** Settings as one of the agents opens them, with something in each. */
export async function settingsPage(address: string, who: Agent = ADMIN, routes: Parameters<typeof stubApi>[0] = {}) {
  const stub = stubApi({
    'GET /agents': [200, list(ADMIN, colleague, away)], 'GET /agents/KF002': [200, colleague], 'GET /agents/KF002/wechat-bindings': [200, list({ binding_id: 'b1', wechat_id: 'desk_kf002', wechat_name: '客服张三', valid_from: at, valid_until: null })],
    'GET /handoffs': [200, list()], 'GET /resyncs': [200, list()], 'GET /games': [200, { items: [{ game_id: 'xiyou', name: '西游传说', sync }] }], 'GET /campaigns': [200, list()],
    'GET /ticket-categories': [200, { items: [category] }], 'GET /service-rules': [200, rules], 'GET /service-rules/revisions': [200, list<object>(rules, first)],
    'GET /lost-reasons': [200, { items: [reason] }], 'GET /reply-templates': [200, { items: [template] }], 'GET /discount-rules': [200, { items: [rule] }], 'GET /discount-rule-changes': [200, list()],
    'GET /stand-ins': [200, list()], ...routes,
  })
  const shown = await showPage('settings', address)
  queryClient.setQueryData(keys.session, { agent: who, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return { stub, ...shown }
}
export const noticed = () => notices.map(({ text }) => text)
