import { keys, queryClient } from '../app/query'
import type { Item } from '../features/items/useItems'
import type { Pack, WaitingPack } from '../features/packs/usePacks'
import type { Agent } from '../api/types'
import { AGENT, settled } from './api'

const AT = '2026-03-01T02:00:00Z'
export const aPack = (change: Partial<Pack> = {}): Pack => ({
  pack_id: '019370a0-0000-7000-8000-0000000000d1', code: 'K7M2X', name: '周末礼包', game_id: 'xiyou', state: 'active', discount_bp: 2000, list_price_fen: 62200, price_fen: 49760, currency: 'CNY',
  contents: [{ item_id: 'i1', game_id: 'xiyou', code: 'gem', name: '元宝', quantity: 2, unit_price_fen: 31100 }], revision: 1, version: 1, campaign_id: null, player_id: null,
  valid_from: null, valid_until: null, created_by: 'KF001', approved_by: null, created_at: AT, updated_at: AT, description: '', state_since: AT, rounding: 'fen', floor_fen: 43540,
  revised_by: 'KF001', review_reason: null, rejection: null, ...change,
})
export const aWaitingPack = (change: Partial<WaitingPack> = {}): WaitingPack => ({
  ...aPack({ state: 'pending_approval', created_by: 'KF009', revised_by: 'KF009', floor_fen: null }), decision: { may_approve: true, because: null, price_fen: 49760, max_discount_bp: 4000, floor_fen: 37320 }, ...change,
})
export const anItem = (change: Partial<Item> = {}): Item => ({
  item_id: 'i1', game_id: 'xiyou', code: 'gem', name: '元宝', game_price_fen: 31100, override_price_fen: null, price_fen: 31100, currency: 'CNY', differs: false, source_version: 3, pending_price: null,
  version: 4, updated_at: AT, ...change,
})
/** From here on the page is somebody else's. */
export async function signedInAs(change: Partial<Agent>): Promise<void> {
  queryClient.setQueryData(keys.session, { agent: { ...AGENT, ...change }, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
}
export const GAMES = { items: [{ game_id: 'xiyou', name: '西游传说' }] }
