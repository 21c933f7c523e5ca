import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '../../api/client'
import type { Column, FilterField } from '../../shared/list/list'
import { day, id, oneOf, text, useFilters } from '../../shared/list/useFilters'
import { useListQuery } from '../../shared/list/useListQuery'
import { useAgents, useGames } from '../lookups/useLookups'
import { useCampaignOptions } from './useCampaignOptions'
import { PACK_SORTS, PACK_STATES, type PackQuery } from './usePacks'

/** All filters of the list of packs, in the address under the names that the API gives them. */
export const usePackFilters = () => useFilters({
  q: text(), state: oneOf(PACK_STATES), game_id: id(), created_by: id(), campaign_id: id(), player_id: id(), valid_on: day(), sort: oneOf(PACK_SORTS, 'newest'),
})
type Values = ReturnType<typeof usePackFilters>['values']['value']

export function usePackList(filters: ReturnType<typeof usePackFilters>) {
  // A player's id that is not whole yet waits.
  const isSet = ([name, value]: [string, string]) => value !== '' && (name !== 'player_id' || /^[\da-f-]{36}$/i.test(value))
  const wanted = computed(() => Object.fromEntries(Object.entries(filters.values.value).filter(isSet)) as PackQuery)
  const list = useListQuery('packs', wanted, (query, page, signal) => unwrap(api.GET('/api/packs', { params: { query: { ...query, ...page } }, signal })))
  return { list, wanted }
}

export function usePackColumns() {
  const { t } = useI18n()
  return computed<Column[]>(() => [
    { id: 'code', title: t('packs.code'), width: '84px' },
    { id: 'name', title: t('packs.name'), width: '200px', sort: { asc: 'name' } },
    { id: 'price', title: t('packs.price'), width: '128px', align: 'end', sort: { asc: 'price' } },
    { id: 'discount', title: t('packs.discount'), width: '92px' },
    { id: 'contents', title: t('packs.contents') },
    { id: 'state', title: t('packs.state'), width: '156px' },
    { id: 'maker', title: t('packs.maker'), width: '104px' },
    { id: 'made', title: t('packs.made'), width: '148px', align: 'end', sort: { desc: 'newest' } },
  ])
}

export function usePackFields() {
  const { t } = useI18n()
  const agents = useAgents()
  const games = useGames()
  const campaigns = useCampaignOptions()
  return computed<FilterField<keyof Values & string>[]>(() => [
    { name: 'q', kind: 'text', label: t('packs.search'), placeholder: t('packs.searchHint'), search: true },
    { name: 'state', kind: 'select', label: t('packs.state'), options: PACK_STATES.map((value) => ({ value, text: t(`packs.states.${value}`) })), any: '' },
    { name: 'game_id', kind: 'select', label: t('profile.game'), options: games.options.value, any: '' },
    { name: 'created_by', kind: 'select', label: t('packs.maker'), options: agents.options.value, any: '' },
    { name: 'campaign_id', kind: 'select', label: t('packs.campaign'), options: campaigns.options.value, any: '' },
    { name: 'valid_on', kind: 'date', label: t('packs.validOn') },
    { name: 'sort', kind: 'select', label: t('packs.sort'), options: PACK_SORTS.map((value) => ({ value, text: t(`packs.sorts.${value}`) })) },
    { name: 'player_id', kind: 'text', label: t('packs.playerId'), longest: 36, more: true },
  ])
}
