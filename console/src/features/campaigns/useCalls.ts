import { computed, ref, type Ref } from 'vue'
import { api, unwrap } from '../../api/client'
import type { Query } from '../../api/types'
import type { paths } from '../../api/schema'
import { id, oneOf, text, useFilters } from '../../shared/list/useFilters'
import { useListQuery } from '../../shared/list/useListQuery'
import type { Tone } from '../../shared/StatusTag.vue'
import { CALL_STATES, type CallState } from './plan'

type Answer = paths['/api/campaign-call-list']['get']['responses'][200]['content']['application/json']
export type Call = Answer['items'][number]

export const CALL_COLUMNS = [
  { id: 'player', width: '36%' }, { id: 'last' }, { id: 'state', width: '144px' }, { id: 'touches', width: '104px', align: 'end' as const }, { id: 'owner', width: '112px' },
]
export const CALL_TONES: Record<CallState, Tone> = { open: 'info', no_reply: 'plain', thinking: 'warn', lost: 'danger', won: 'good', blocked: 'danger' }
export const OUTCOME_TONES: Record<string, Tone> = { won: 'good', lost: 'danger', thinking: 'warn', no_reply: 'plain', do_not_contact: 'danger' }
export const callName = ({ player }: Call) => player?.wechat_name || player?.wechat_id || player?.phone || null

/** The call list of a campaign, filtered as the address says; `players` tells whether it knows who they are. */
export function useCalls(campaign: Ref<string>) {
  const filters = useFilters({ agent: id(), team: text(32), state: oneOf(CALL_STATES) })
  const wanted = computed(() => {
    const { agent, team, state } = filters.values.value
    return { ...(agent && { agent }), ...(team && { team }), ...(state && { state }) }
  })
  const asked = computed<Omit<Query<'/api/campaign-call-list'>, 'limit' | 'cursor'>>(() => ({ campaign_id: campaign.value, ...wanted.value }))
  const players = ref<Answer['sources']['players']['status']>('ok')
  const list = useListQuery<Call, typeof asked.value>('campaign-calls', asked, async (query, page, signal) => {
    const { items, next_cursor, sources } = await unwrap(api.GET('/api/campaign-call-list', { params: { query: { ...query, ...page } }, signal }))
    players.value = sources.players.status
    return { items, next_cursor }
  })
  return { filters, wanted, list, players }
}
