import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '../../api/client'

/** The newest campaigns by name; `open` are those that packs may still be made for. */
export function useCampaignOptions() {
  const query = useQuery({
    queryKey: ['campaigns', 'list', 'names'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/campaigns', { params: { query: { limit: 200 } }, signal })),
  })
  const campaigns = computed(() => query.data.value?.items ?? [])
  return {
    options: computed(() => campaigns.value.map(({ campaign_id, name }) => ({ value: campaign_id, text: name }))),
    open: (gameId: string | null) => campaigns.value.filter(({ state, game_ids }) => state !== 'ended' && (!gameId || game_ids.includes(gameId))),
    name: (id: string | null) => (id === null ? '' : (campaigns.value.find(({ campaign_id }) => campaign_id === id)?.name ?? id)),
  }
}
