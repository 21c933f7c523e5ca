import { computed } from 'vue'
import { api, ifMatch, unwrap } from '../../../api/client'
import type { Query } from '../../../api/types'
import { refresh } from '../../../app/invalidate'
import { day, dayOrToday, flag, id, oneOf, text, TODAY, useFilters } from '../../../shared/list/useFilters'
import { useListQuery } from '../../../shared/list/useListQuery'
import { useToday } from '../../../shared/useNow'
import { withPlayers } from '../../lookups/useLookups'
import { asked } from '../lists'
import { PROPOSAL_STATES, type FollowUp, type Proposal, type WithPlayer } from '../types'

export const VIEWS = ['follow-ups', 'proposals'] as const
/** Follow-ups and proposals stand on one page, and share whose they are. */
export const useFollowUpFilters = () => useFilters({
  view: oneOf(VIEWS, 'follow-ups'), agent: id(), team: text(32), due_from: day(), due_to: dayOrToday(), overdue: flag(), done: flag(),
  state: oneOf(PROPOSAL_STATES, 'open'),
})
export type FollowUpFilters = ReturnType<typeof useFollowUpFilters>

const today = useToday()
const resolved = (day: string) => (day === TODAY ? today.value : day)
/** What the list, and its export, ask for. */
export const useAskedFollowUps = (filters: FollowUpFilters) => computed(() => {
  const { agent, team, due_from, due_to, overdue, done } = filters.values.value
  return asked<Query<'/api/follow-ups'>>({ agent, team, due_from, due_to: resolved(due_to), overdue, done })
})
export function useFollowUpList(filters: FollowUpFilters) {
  return useListQuery<WithPlayer<FollowUp>, Query<'/api/follow-ups'>>('follow-ups', useAskedFollowUps(filters), async (query, page, signal) => {
    const { items, next_cursor } = await unwrap(api.GET('/api/follow-ups', { params: { query: { ...query, ...page } }, signal }))
    return { items: await withPlayers(items, signal), next_cursor }
  })
}
export const postpone = (row: FollowUp, due_on: string, reason: string): Promise<FollowUp> =>
  unwrap(api.POST('/api/follow-ups/{touch_id}/postpone', {
    params: { path: { touch_id: row.touch_id }, header: ifMatch(row.version) }, body: { due_on, ...(reason && { reason }) },
  }))

export const useAskedProposals = (filters: FollowUpFilters) => computed(() => {
  const { agent, team, due_to, state } = filters.values.value
  // Only what is taken has a day.
  return asked<Query<'/api/recovery-proposals'>>({ agent, team, state, due_to: state === 'taken' ? resolved(due_to) : '' })
})
export function useProposalList(filters: FollowUpFilters) {
  return useListQuery<WithPlayer<Proposal>, Query<'/api/recovery-proposals'>>('recovery-proposals', useAskedProposals(filters), async (query, page, signal) => {
    const { items, next_cursor } = await unwrap(api.GET('/api/recovery-proposals', { params: { query: { ...query, ...page } }, signal }))
    return { items: await withPlayers(items, signal), next_cursor }
  })
}
const at = ({ proposal_id, version }: Proposal) => ({ path: { proposal_id }, header: ifMatch(version) })
export const takeProposal = (row: Proposal, due_on: string): Promise<Proposal> =>
  unwrap(api.POST('/api/recovery-proposals/{proposal_id}/take', { params: at(row), body: { due_on } }))
export const dismissProposal = (row: Proposal, reason: string): Promise<Proposal> =>
  unwrap(api.POST('/api/recovery-proposals/{proposal_id}/dismiss', { params: at(row), body: reason ? { reason } : {} }))
export const refreshLists = () => { for (const name of ['follow-ups', 'recovery-proposals']) void refresh([name, 'list']) }
