import { computed } from 'vue'
import { api, ifMatch, unwrap } from '../../../api/client'
import type { Query } from '../../../api/types'
import { day, flag, id, oneOf, text, useFilters } from '../../../shared/list/useFilters'
import { useListQuery } from '../../../shared/list/useListQuery'
import { withPlayers } from '../../lookups/useLookups'
import { asked, whole } from '../lists'
import { QUOTE_STATES, type Quote, type WithPlayer } from '../types'
import { isCode, normaliseCode } from '../useSales'

const HOUR_MS = 3_600_000

export const useQuoteFilters = () => useFilters({ agent: id(), state: oneOf(QUOTE_STATES), ending: flag(), made_from: day(), made_to: day(), pack_code: text(16), player_id: id() })

/** Quotes, each with its player's card. Those that end soon are open ones; what soon means stays the same while they are shown. */
export function useQuoteList(filters: ReturnType<typeof useQuoteFilters>) {
  // The full hour, so that the same list is found again after Back.
  const ending = computed(() => filters.values.value.ending)
  const tomorrow = computed(() => (ending.value ? new Date((Math.ceil(Date.now() / HOUR_MS) + 24) * HOUR_MS).toISOString() : ''))
  const wanted = computed(() => {
    const { state, pack_code, player_id, agent, made_from, made_to } = filters.values.value
    const code = normaliseCode(pack_code)
    return asked<Query<'/api/quotes'>>({ agent, made_from, made_to, player_id: whole(player_id), ...(ending.value ? { expires_before: tomorrow.value } : { state }), pack_code: isCode(code) ? code : '' })
  })
  const list = useListQuery<WithPlayer<Quote>, Query<'/api/quotes'>>('quotes', wanted, async (query, page, signal) => {
    const { items, next_cursor } = await unwrap(api.GET('/api/quotes', { params: { query: { ...query, ...page } }, signal }))
    return { items: await withPlayers(items, signal), next_cursor }
  })
  return { list, wanted }
}
const at = ({ quote_id, version }: Quote) => ({ path: { quote_id }, header: ifMatch(version) })
export const withdrawQuote = (quote: Quote, reason: string): Promise<Quote> =>
  unwrap(api.POST('/api/quotes/{quote_id}/withdraw', { params: at(quote), body: { reason } }))
export const extendQuote = (quote: Quote, expires_at: string, reason: string): Promise<Quote> =>
  unwrap(api.POST('/api/quotes/{quote_id}/extend', { params: at(quote), body: { expires_at, reason } }))
