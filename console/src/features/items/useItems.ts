import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, ifMatch, unwrap } from '../../api/client'
import type { Idempotent } from '../../api/idempotency'
import type { components } from '../../api/schema'
import type { Body, Query } from '../../api/types'
import { refresh } from '../../app/invalidate'
import { queryClient } from '../../app/query'
import type { Column, FilterField } from '../../shared/list/list'
import { flag, id, oneOf, text, useFilters } from '../../shared/list/useFilters'
import { useListQuery } from '../../shared/list/useListQuery'
import { useGames } from '../lookups/useLookups'

type Schemas = components['schemas']
export type Item = Schemas['Item']
export type PriceChange = Schemas['PriceChange']
export type ItemDecision = Schemas['ItemDecision']
export type ItemPull = Schemas['ItemPull']
export type NewDecision = Body<'/api/item-decisions', 'post'>
export type Decision = NewDecision['decision']
export const PENDING = ['held', 'scheduled'] as const
export const ITEM_SORTS = ['code', 'recent'] as const

export const itemLink = (item: { item_id: string }) => ({ name: 'item', params: { id: item.item_id } })
const at = (item: Item) => ({ path: { item_id: item.item_id }, header: ifMatch(item.version) })
export const readItem = (id: string, signal?: AbortSignal) => unwrap(api.GET('/api/items/{item_id}', { params: { path: { item_id: id } }, ...(signal && { signal }) }))
export const overridePrice = (item: Item, fen: number | null, reason: string) =>
  unwrap(api.PATCH('/api/items/{item_id}', { params: at(item), body: { override_price_fen: fen, reason } }))
export const decideHeld = (item: Item, decision: Decision, reason: string) =>
  unwrap(api.POST('/api/items/{item_id}/pending-price', { params: at(item), body: { decision, ...(reason && { reason }) } }))
export const decideMany = (body: NewDecision, header: Idempotent) => unwrap(api.POST('/api/item-decisions', { body, params: { header } }))

/** What the server said of an item is what the pages show. */
export function keepItem(item: Item): void {
  queryClient.setQueryData(['items', 'one', item.item_id], item)
  void refresh(['items', 'list'])
  void refresh(['price-impacts', 'list'])
}

/** All filters of the price list, in the address under the names that the API gives them. */
export const useItemFilters = () => useFilters({
  q: text(), game_id: id(), pending: oneOf(PENDING), overridden: flag(), differs: flag(), sort: oneOf(ITEM_SORTS, 'code'),
})
type Values = ReturnType<typeof useItemFilters>['values']['value']

/** What the API is asked. The last changed first is an order of one game's items: without a game it waits. */
export function askedItems({ q, game_id, pending, overridden, differs, sort }: Values): Query<'/api/items'> {
  return {
    ...(q && { q }), ...(game_id && { game_id }), ...(pending && { pending }), ...(overridden && { overridden: true }), ...(differs && { differs: true }),
    ...(sort === 'recent' && game_id && { sort }),
  }
}
export function useItemList(filters: ReturnType<typeof useItemFilters>) {
  const wanted = computed(() => askedItems(filters.values.value))
  const list = useListQuery('items', wanted, (query, page, signal) => unwrap(api.GET('/api/items', { params: { query: { ...query, ...page } }, signal })))
  return { list, wanted }
}

export function useItemColumns() {
  const { t } = useI18n()
  return computed<Column[]>(() => [
    { id: 'code', title: t('items.code'), width: '148px' },
    { id: 'name', title: t('items.name') },
    { id: 'game', title: t('profile.game'), width: '120px' },
    { id: 'gamePrice', title: t('items.gamePrice'), width: '120px', align: 'end' },
    { id: 'override', title: t('items.override'), width: '164px', align: 'end' },
    { id: 'price', title: t('items.price'), width: '120px', align: 'end' },
    { id: 'pending', title: t('items.pending'), width: '212px' },
    { id: 'updated', title: t('items.updated'), width: '148px', align: 'end' },
    { id: 'act', title: t('items.fineTune'), bare: true, width: '80px' },
  ])
}
export function useItemFields(filters: ReturnType<typeof useItemFilters>) {
  const { t } = useI18n()
  const games = useGames()
  return computed<FilterField<keyof Values & string>[]>(() => [
    { name: 'q', kind: 'text', label: t('items.search'), placeholder: t('items.searchHint'), search: true },
    { name: 'game_id', kind: 'select', label: t('profile.game'), options: games.options.value, any: '' },
    { name: 'pending', kind: 'select', label: t('items.pending'), options: PENDING.map((value) => ({ value, text: t(`items.pendings.${value}`) })), any: '' },
    ...(filters.values.value.game_id ? [{ name: 'sort' as const, kind: 'select' as const, label: t('items.sort'), options: ITEM_SORTS.map((value) => ({ value, text: t(`items.sorts.${value}`) })) }] : []),
    { name: 'overridden', kind: 'flag', label: t('items.onlyOverridden') },
    { name: 'differs', kind: 'flag', label: t('items.onlyDiffering') },
  ])
}

