/**
 * The part of GameDesk's public API that the console uses, written by hand and narrow.
 * `npm run contract` compares it with contracts/openapi.json.
 * Times are RFC 3339 in UTC, money is whole fen, percentages are basis points.
 */
export type Role = 'agent' | 'lead' | 'admin'
export type Tier = 'none' | 'small' | 'medium' | 'big' | 'whale'
export type MinorBand = 'none' | 'under_8' | '8_15' | '16_17'
export type ProfileState = 'pending' | 'ok' | 'stale' | 'not_found' | 'ambiguous' | 'error'
export type TicketState = 'pending' | 'in_progress' | 'done'
/** The id of a configured category; CATEGORIES are those that every desk starts with. */
export type Category = string
export type Priority = 'low' | 'normal' | 'high' | 'urgent'
export type Department = 'tech' | 'product' | 'finance' | 'copywriting'
export type WaitingOn = 'none' | 'player' | Department
export type EntryKind =
  | 'created' | 'note' | 'reply' | 'consultation' | 'answer' | 'transition' | 'edit' | 'transfer' | 'incident_answer'
  | 'attachment' | 'erased'
export type Outcome = 'won' | 'lost' | 'thinking' | 'no_reply' | 'do_not_contact'
export type PayMethod = 'wechat_pay' | 'alipay' | 'wechat_transfer' | 'bank_transfer' | 'other'
export type OrderState = 'quoted' | 'paid' | 'delivered' | 'cancelled' | 'partly_refunded' | 'refunded'

export const TIERS: Tier[] = ['none', 'small', 'medium', 'big', 'whale']
export const MINOR_BANDS: MinorBand[] = ['none', 'under_8', '8_15', '16_17']
export const TICKET_STATES: TicketState[] = ['pending', 'in_progress', 'done']
export const CATEGORIES: Category[] = [
  'account', 'payment', 'refund', 'bug', 'gameplay', 'suggestion', 'other',
]
export const PRIORITIES: Priority[] = ['low', 'normal', 'high', 'urgent']
export const DEPARTMENTS: Department[] = ['tech', 'product', 'finance', 'copywriting']
export const WAITING_ON: WaitingOn[] = ['none', 'player', ...DEPARTMENTS]
export const OUTCOMES: Outcome[] = ['lost', 'thinking', 'no_reply', 'do_not_contact', 'won']
export const PAY_METHODS: PayMethod[] = [
  'wechat_pay', 'alipay', 'wechat_transfer', 'bank_transfer', 'other',
]

export interface Agent {
  agent_id: string
  name: string
  role: Role
  team: string | null
  wechat_id: string | null
  wechat_name: string | null
}
export interface Session { agent: Agent; expires_at: string }

/** A player as lists show him; the phone is masked unless the caller owns him. */
export interface Card {
  player_id: string
  wechat_id: string | null
  wechat_name: string | null
  phone: string | null
  masked: boolean
  owner_agent_id: string
  tier: Tier
  minor_band: MinorBand
  tags: string[]
  game_names: string[]
  version: number
}
export interface Profile {
  profile_id: string
  game_id: string
  game_name: string | null
  state: ProfileState
  game_account_id: string | null
  nickname: string | null
  server: string | null
  level: number | null
  vip_level: number | null
  synced_at: string | null
  attempted_at: string | null
  error: string | null
}
export interface Player extends Card {
  phones: { phone: string; primary: boolean }[]
  wechat_aliases: string[]
  note: string
  owner: Pick<Agent, 'agent_id' | 'name' | 'wechat_id' | 'wechat_name'>
  profiles: Profile[]
  merged_into: string | null
}
export interface NewPlayer {
  phone: string
  wechat_id?: string
  wechat_name?: string
  tier?: Tier
  minor_band?: MinorBand
  note?: string
}
export interface PlayerEdit {
  wechat_id?: string
  wechat_name?: string
  tier?: Tier
  minor_band?: MinorBand
  note?: string
}

export interface Ticket {
  ticket_id: string
  number: string
  player_id: string
  state: TicketState
  title: string | null
  detail: string
  solution: string | null
  category: Category
  priority: Priority
  waiting_on: WaitingOn
  /** Explicitly assigned; without it the work follows the player's owner. */
  assignee_agent_id: string | null
  responsible_agent_id: string | null
  created_by: string
  asked_at: string
  first_replied_at: string | null
  done_at: string | null
  created_at: string
  updated_at: string
  version: number
  /** Counts appended entries as well as changes; what live events carry. */
  revision: number
}
export interface NewTicket {
  player_id: string
  detail: string
  category?: Category
  priority?: Priority
  asked_at?: string
  despite_open_ticket?: true
}
export type TicketEdit = Partial<Pick<Ticket, 'solution' | 'detail' | 'waiting_on' | 'priority' | 'category'>>
export interface Transition { to: TicketState; solution?: string; reason?: string }
export interface Entry {
  entry_id: string
  kind: EntryKind
  text: string | null
  department: Department | null
  from_state: TicketState | null
  to_state: TicketState | null
  changes: { field: string; before: string | null; after: string | null }[]
  agent_id: string
  happened_at: string
  recorded_at: string
  late_recorded: boolean
}
export interface NewEntry {
  kind: Extract<EntryKind, 'note' | 'reply' | 'consultation' | 'answer'>
  text: string
  department?: Department
  happened_at?: string
}

export interface LostReason { reason_id: string; name: string; needs_note: boolean; active: boolean }
export interface Touch {
  touch_id: string
  player_id: string
  agent_id: string
  outcome: Outcome
  reason_id: string | null
  reason: string | null
  situation: string
  player_state: string
  pack_code: string | null
  /** The order that this touch was recorded with. */
  order_id: string | null
  follow_up_on: string | null
  occurred_at: string
  recorded_at: string
}
export interface NewTouch {
  player_id: string
  outcome: Outcome
  reason_id?: string
  situation?: string
  player_state?: string
  pack_code?: string
  follow_up_on?: string
}
export interface PackLine {
  item_id: string
  game_id: string
  code: string
  name: string
  quantity: number
  unit_price_fen: number
}
export interface Offer {
  pack_code: string
  pack_id: string
  name: string
  revision: number
  state: string
  list_price_fen: number
  discount_bp: number
  price_fen: number
  currency: string
  contents: PackLine[]
  sellable: boolean
  why_not: string | null
  as_of: string | null
}
export interface Order {
  order_id: string
  number: string
  player_id: string
  seller_agent_id: string
  profile: { profile_id: string; game_id: string; server: string | null; game_account_id: string | null } | null
  pack: {
    pack_id: string
    code: string
    name: string
    revision: number
    discount_bp: number
    list_price_fen: number
    contents: PackLine[]
  }
  amount_due_fen: number
  amount_paid_fen: number
  currency: string
  difference_reason: string | null
  method: PayMethod
  transaction_id: string | null
  paid_at: string | null
  state: OrderState
  verified: boolean
  created_at: string
  version: number
}
export interface NewOrder {
  player_id: string
  pack_code: string
  pack_revision: number
  /** The price that the seller saw. */
  price_fen: number
  profile_id?: string
  method: PayMethod
  transaction_id: string
  amount_paid_fen: number
  paid_at: string
  difference_reason?: string
}

export interface ContactBlock { player_id: string; in_force: boolean; blocked_by: string; blocked_at: string }

export interface List<T> { items: T[]; next_cursor: string | null }
export interface CardPage extends List<Card> {
  /** There are more matches than are shown. */
  refine?: boolean
}
export interface ProblemRef { type: string; title: string; status: number }
/** One part of a composed view: it carries its own status and the age of its data. */
export interface Section<T> {
  status: 'ok' | 'stale' | 'unavailable'
  as_of: string | null
  data: T | null
  problem: ProblemRef | null
}
export interface Attention {
  kind: 'ticket' | 'follow_up'
  due_at: string | null
  player_id: string
  player: Card | null
  ticket?: Ticket | null
  touch?: (Touch & { overdue: boolean }) | null
}
export interface HomeList {
  attention: Section<{ items: Attention[] }>
  players: Section<CardPage>
}
export interface HomePlayer {
  player_id: string
  player: Section<Player>
  tickets: Section<List<Ticket>>
  touches: Section<List<Touch>>
  orders: Section<List<Order>>
}
