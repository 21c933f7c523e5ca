/**
 * Readable names for the shapes of GameDesk's public API, which `npm run generate` writes from contracts/openapi.json.
 * Times are RFC 3339 in UTC, money is whole fen, percentages are basis points.
 */
import type { components, paths } from './schema'

type Schemas = components['schemas']
type Json<T> = T extends { content: { 'application/json': infer Found } } ? Found : never
/** The JSON body that an operation takes: `Body<'/api/tickets', 'post'>`. */
export type Body<P extends keyof paths, M extends keyof paths[P]> =
  paths[P][M] extends { requestBody?: infer B } ? Json<NonNullable<B>> : never
/** What a query of an operation may ask for: `Query<'/api/tickets'>`. */
export type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never

export type Role = Schemas['Role']
export type Tier = Schemas['Tier']
export type MinorBand = Schemas['PlayersMinorBand']
export type ProfileState = Schemas['ProfileState']
export type TicketState = Schemas['State']
/** The id of a configured category; CATEGORIES are those that every desk starts with. */
export type Category = Schemas['Category']
export type Priority = Schemas['Priority']
export type Department = Schemas['Department']
export type WaitingOn = Schemas['WaitingOn']
export type Outcome = Schemas['Outcome']
export type PayMethod = Schemas['Method']
export type OrderState = Schemas['OrderState']

export const TIERS: Tier[] = ['none', 'small', 'medium', 'big', 'whale']
export const MINOR_BANDS: MinorBand[] = ['none', 'under_8', '8_15', '16_17']
export const TICKET_STATES: TicketState[] = ['pending', 'in_progress', 'done']
export const CATEGORIES: Category[] = ['account', 'payment', 'refund', 'bug', 'gameplay', 'suggestion', 'other']
export const PRIORITIES: Priority[] = ['low', 'normal', 'high', 'urgent']
export const DEPARTMENTS: Department[] = ['tech', 'product', 'finance', 'copywriting']
export const WAITING_ON: WaitingOn[] = ['none', 'player', ...DEPARTMENTS]
export const OUTCOMES: Outcome[] = ['lost', 'thinking', 'no_reply', 'do_not_contact', 'won']
export const PAY_METHODS: PayMethod[] = ['wechat_pay', 'alipay', 'wechat_transfer', 'bank_transfer', 'other']

export type Agent = Schemas['Agent']
export type Session = Schemas['Session']
/** A player as lists show him; the phone is masked unless the caller owns him. */
export type Card = Schemas['PlayerCard']
export type Profile = Schemas['Profile']
export type Player = Schemas['Player']
export type NewPlayer = Body<'/api/players', 'post'>
export type PlayerEdit = Body<'/api/players/{player_id}', 'patch'>
export type Ticket = Schemas['Ticket']
/** Its player is null where there is none, undefined while he cannot be read. */
export type FoundTicket = Omit<Schemas['FoundTicket'], 'player'> & { player: Schemas['FoundTicket']['player'] | undefined }
export type NewTicket = Body<'/api/tickets', 'post'>
export type TicketEdit = Body<'/api/tickets/{ticket_id}', 'patch'>
export type Transition = Body<'/api/tickets/{ticket_id}/transitions', 'post'>
export type Transfer = Schemas['Transfer']
export type Entry = Schemas['Entry']
export type EntryKind = Entry['kind']
export type NewEntry = Body<'/api/tickets/{ticket_id}/entries', 'post'>
export type TicketCategory = Schemas['TicketsTicketCategory']
export type FormField = TicketCategory['form'][number]
export type TicketForm = Schemas['TicketForm']
export type LostReason = Schemas['LostReason']
export type Touch = Schemas['Touch']
export type NewTouch = Body<'/api/touches', 'post'>
export type PackLine = Schemas['PackLine']
export type Offer = Schemas['Offer']
export type Order = Schemas['Order']
export type NewOrder = Body<'/api/orders', 'post'>
export type ContactBlock = Schemas['ContactBlock']
export type Pitch = Schemas['Pitch']
export type Quote = Schemas['Quote']
export type NewQuote = Body<'/api/quotes', 'post'>
export type RecoveryProposal = Schemas['RecoveryProposal']
export type Attachment = Schemas['Attachment']
export type TimelineItem = Schemas['TimelineItem']
export type Found = Schemas['Found']
export type HomeList = Schemas['Home']
export type HomePlayer = Schemas['HomePlayer']
type Items<N extends 'attention' | 'sales_attention' | 'pack_attention'> = NonNullable<HomeList[N]['data']>['items'][number]
/** One thing that waits for the agent, from whichever service; packs have no player. */
export type Attention = Partial<Pick<Items<'attention'>, 'player_id' | 'player' | 'ticket' | 'touch'>> &
  Partial<Pick<Items<'sales_attention'>, 'recovery_proposal' | 'quote' | 'delivery' | 'order'>> & Partial<Pick<Items<'pack_attention'>, 'pack'>> &
  { kind: Items<'attention'>['kind'] | Items<'sales_attention'>['kind'] | Items<'pack_attention'>['kind']; due_at: string }

export interface List<T> { items: T[]; next_cursor: string | null }
export type CardPage = Schemas['PlayerPage']
export type ProblemRef = Schemas['ProblemReference']
/** One part of a composed view: it carries its own status and the age of its data. */
export type Section<T> = Schemas['Section'] & { data?: T | null }
