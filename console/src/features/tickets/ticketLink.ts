import type { RouteLocationRaw } from 'vue-router'

/** Where a ticket is opened: at its player's, on the home page. */
export const ticketLink = (ticket: { ticket_id: string; player_id: string }): RouteLocationRaw =>
  ({ name: 'home', query: { player: ticket.player_id, ticket: ticket.ticket_id } })
