import { computed } from 'vue'
import { api, unwrap } from '../../../api/client'
import { PRIORITIES, TICKET_STATES, TIERS, type FoundTicket, type Query } from '../../../api/types'
import { day, flag, id, oneOf, someOf, text, useFilters } from '../../../shared/list/useFilters'
import { useListQuery } from '../../../shared/list/useListQuery'
import { withPlayers } from '../../lookups/useLookups'
import { whole } from '../../sales/lists'

export const WAITED_ON = ['player', 'tech', 'product', 'finance', 'copywriting'] as const
export const ORDERS = ['newest', 'oldest', 'due'] as const

/** All filters of the list of tickets, in the address under the names that the API gives them. */
export const useTicketFilters = () => useFilters({
  q: text(), state: someOf(TICKET_STATES), responsible: id(), assignee: id(), waiting_on: oneOf(WAITED_ON), category: id(), priority: oneOf(PRIORITIES),
  overdue: flag(), game: id(), server: text(), tier: oneOf(TIERS), asked_from: day(), asked_to: day(), number: text(12), player_id: id(), parent: id(),
  order: oneOf(ORDERS, 'newest'),
})
/** A search goes over these itself: it finds players and numbers. */
export const NOT_SEARCHED = { player_id: '', number: '' }
type Values = ReturnType<typeof useTicketFilters>['values']['value']

/** What the API is asked: only what is set. A number or an id that is not whole yet, and a server without its game, wait. */
export function asked({ q: _q, overdue, number, server, game, player_id, parent, ...others }: Values): Query<'/api/tickets'> {
  const set = Object.entries({ ...others, player_id: whole(player_id), parent: whole(parent) }).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
  return {
    ...Object.fromEntries(set),
    ...(overdue && { overdue: true as const }),
    ...(/^([Tt]-?)?\d{1,10}$/.test(number) && { number }),
    ...(game && { game, ...(server && { server }) }),
  }
}

/**
 * The tickets that match, page by page, each with its player's card. A search goes over players and ticket numbers; it
 * has no pages and shows its first finds.
 */
export function useTicketList(filters: ReturnType<typeof useTicketFilters>) {
  const wanted = computed(() => {
    const { q } = filters.values.value
    return { q, ...asked({ ...filters.values.value, ...(q && NOT_SEARCHED) }) }
  })
  const list = useListQuery<FoundTicket, typeof wanted.value>('tickets', wanted, async ({ q, ...query }, page, signal) => {
    if (!q) {
      const { items, next_cursor } = await unwrap(api.GET('/api/tickets', { params: { query: { ...query, ...page } }, signal }))
      return { items: await withPlayers(items, signal), next_cursor }
    }
    const { state, ...others } = query
    return unwrap(api.GET('/api/ticket-search', { params: { query: { ...others, q, ...(state && { state: state.join(',') }) } }, signal }))
  })
  return { list, wanted }
}
