/** The operations that the console calls, in the shape that openapi-fetch reads. */
import type {
  Card, ContactBlock, Entry, HomeList, HomePlayer, List, LostReason, NewEntry, NewOrder, NewPlayer, NewTicket,
  NewTouch, Offer, Order, Player, PlayerEdit, Session, Ticket, TicketEdit, Touch, Transition,
} from './types'

type Json<T> = { content: { 'application/json': T } }
type Answer<T> = { responses: { 200: Json<T> } }
type Get<T, Q = never, P = never> = {
  parameters: { query?: Q; path: P; header?: never; cookie?: never }
} & Answer<T>
type Read<T, Q = Record<string, never>> = {
  parameters: { query?: Q; path?: never; header?: never; cookie?: never }
} & Answer<T>
type Write<T, B, P = undefined> = {
  parameters: (P extends undefined ? { path?: never } : { path: P }) & {
    query?: never
    header?: Record<string, string>
    cookie?: never
  }
  requestBody: Json<B>
} & Answer<T>
type Act<T, P = undefined> = {
  parameters: (P extends undefined ? { path?: never } : { path: P }) & {
    query?: never
    header?: Record<string, string>
    cookie?: never
  }
  requestBody?: never
} & Answer<T>

type PlayerId = { player_id: string }
type TicketId = { ticket_id: string }
type OfPlayer = { player_id: string; limit?: number; cursor?: string }

export interface paths {
  '/session': {
    get: Read<Session>
    post: Write<Session, { agent_id: string; password: string }>
    delete: Act<undefined>
  }
  '/home': {
    get: Read<HomeList, { q?: string; owner?: 'me' | 'all'; limit?: number; cursor?: string }>
  }
  '/home/players/{player_id}': { get: Get<HomePlayer, never, PlayerId> }
  '/player-cards': { get: Read<List<Card>, { ids: string }> }
  '/players': { post: Write<Player, NewPlayer> }
  '/players/{player_id}': { get: Get<Player, never, PlayerId>; patch: Write<Player, PlayerEdit, PlayerId> }
  '/players/{player_id}/reveal': { post: Write<Player, { reason: string }, PlayerId> }
  '/players/{player_id}/sync': { post: Act<{ games: number }, PlayerId> }
  '/tickets': { get: Read<List<Ticket>, OfPlayer>; post: Write<Ticket, NewTicket> }
  '/tickets/{ticket_id}': { get: Get<Ticket, never, TicketId>; patch: Write<Ticket, TicketEdit, TicketId> }
  '/tickets/{ticket_id}/transitions': { post: Write<Ticket, Transition, TicketId> }
  '/tickets/{ticket_id}/entries': {
    get: Get<List<Entry>, { limit?: number; cursor?: string }, TicketId>
    post: Write<Entry, NewEntry, TicketId>
  }
  '/lost-reasons': { get: Read<Pick<List<LostReason>, 'items'>> }
  '/touches': { get: Read<List<Touch>, OfPlayer>; post: Write<Touch, NewTouch> }
  '/contact-blocks/{player_id}': { get: Get<ContactBlock, never, PlayerId> }
  '/offers/{pack_code}': { get: Get<Offer, { player_id?: string }, { pack_code: string }> }
  '/orders': { get: Read<List<Order>, OfPlayer>; post: Write<Order, NewOrder> }
}
