import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '../../../api/client'
import { day, discount, money } from '../../../shared/format'
import { useGames } from '../../lookups/useLookups'
import type { DiscountRule } from '../types'

export type Terms = Pick<DiscountRule, 'role' | 'game_id' | 'campaign_id' | 'max_discount_bp' | 'lowest_price_fen' | 'rounding' | 'starts_on' | 'ends_on'>

/** The latest campaigns, to choose from and to name rules by. */
export function useCampaignNames() {
  const query = useQuery({ queryKey: ['campaigns', 'list', 'names'], queryFn: ({ signal }) => unwrap(api.GET('/api/campaigns', { params: { query: { limit: 200 } }, signal })) })
  const names = computed(() => new Map(query.data.value?.items.map(({ campaign_id, name }) => [campaign_id, name]) ?? []))
  return {
    options: computed(() => query.data.value?.items.filter(({ state }) => state !== 'ended').map(({ campaign_id, name }) => ({ value: campaign_id, text: name })) ?? []),
    name: (id: string) => names.value.get(id) ?? id.slice(0, 8),
  }
}
export function useDiscountTexts() {
  const { t } = useI18n()
  const games = useGames()
  const campaigns = useCampaignNames()
  const scope = ({ game_id, campaign_id }: Terms) =>
    [game_id && games.name(game_id), campaign_id && campaigns.name(campaign_id)].filter(Boolean).join(' · ') || t('settings.discount.everywhere')
  const days = ({ starts_on, ends_on }: Terms) =>
    (starts_on || ends_on ? `${starts_on ? day(starts_on) : ''} – ${ends_on ? day(ends_on) : ''}` : t('settings.discount.always'))
  const terms = (rule: Terms) => [
    t('settings.discount.upTo', { value: discount(rule.max_discount_bp) }), t('settings.discount.noLess', { price: money(rule.lowest_price_fen) }),
    t(`settings.discount.rounding.${rule.rounding}`), days(rule),
  ]
  return { games, campaigns, scope, days, terms }
}
