import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { api, unwrap } from '../../api/client'

/** Who comes from a campaign's call list talks about that campaign: what the form of a contact or a sale begins with. */
export function useCalledCampaign(): string {
  const { campaign } = useRoute().query
  return typeof campaign === 'string' ? campaign : ''
}

/** The campaigns that run, for a contact or a sale to be counted to; what cannot be read is simply no choice. */
export function useRunningCampaigns() {
  const query = useQuery({
    queryKey: ['campaigns', 'list', { state: 'running' }, 'choice'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/campaigns', { params: { query: { state: 'running', limit: 100 } }, signal })),
    staleTime: 5 * 60_000,
  })
  return computed(() => (query.data.value?.items ?? []).filter((campaign) => campaign.running_today))
}
