import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { PRIORITIES, TICKET_STATES, TIERS } from '../../../api/types'
import type { Column, FilterField, Option } from '../../../shared/list/list'
import { useAgents, useGames, useTicketCategories } from '../../lookups/useLookups'
import { ORDERS, WAITED_ON, type useTicketFilters } from './useTicketList'

/** In pixels, so that the longest words of the language fit. What cannot wait comes first: a narrow window shows it without scrolling. */
const WIDTHS = {
  zh: { due: 118, player: 150, state: 138, responsible: 84, category: 84, asked: 142 },
  en: { due: 184, player: 150, state: 206, responsible: 100, category: 116, asked: 134 },
}
export const LEAST_WIDTH = { zh: 990, en: 1220 }

/** Newest and oldest are by the time of recording, as the numbers are; once days of asking are chosen, by that. */
export function useTicketColumns(byAsking: () => boolean) {
  const { t, locale } = useI18n()
  const byTime = { asc: 'oldest', desc: 'newest' }
  const wide = (id: keyof typeof WIDTHS.zh) => `${WIDTHS[locale.value === 'en' ? 'en' : 'zh'][id]}px`
  return computed<Column[]>(() => [
    { id: 'number', title: t('tickets.number'), width: '104px', ...(!byAsking() && { sort: byTime }) },
    { id: 'what', title: t('ticket.detail') },
    { id: 'due', title: t('tickets.due'), width: wide('due'), sort: { asc: 'due' } },
    { id: 'asked', title: t('tickets.asked'), width: wide('asked'), align: 'end', ...(byAsking() && { sort: byTime }) },
    { id: 'player', title: t('tickets.player'), width: wide('player') },
    { id: 'state', title: t('tickets.state'), width: wide('state') },
    { id: 'responsible', title: t('ticket.assignee'), width: wide('responsible') },
    { id: 'category', title: t('ticket.category'), width: wide('category') },
  ])
}

type Name = keyof ReturnType<typeof useTicketFilters>['values']['value'] & string

/** While it is searched, the filters that a search has no use for are off, and say so. */
export function useTicketFields(searching: () => boolean) {
  const { t } = useI18n()
  const agents = useAgents()
  const games = useGames()
  const categories = useTicketCategories()
  const options = (values: readonly string[], topic: string): Option[] => values.map((value) => ({ value, text: t(`${topic}.${value}`) }))
  const off = (): { off?: string } => (searching() ? { off: t('tickets.notWhileSearching') } : {})
  return computed<FilterField<Name>[]>(() => [
    { name: 'q', kind: 'text', label: t('tickets.search'), placeholder: t('tickets.searchHint'), search: true },
    { name: 'state', kind: 'toggles', label: t('tickets.state'), options: options(TICKET_STATES, 'state') },
    { name: 'responsible', kind: 'select', label: t('ticket.assignee'), options: agents.options.value, any: '' },
    { name: 'category', kind: 'select', label: t('ticket.category'), options: categories.options.value, any: '' },
    { name: 'priority', kind: 'select', label: t('ticket.priority'), options: options(PRIORITIES, 'priority'), any: '' },
    { name: 'waiting_on', kind: 'select', label: t('ticket.waitingOn'), options: options(WAITED_ON, 'waiting'), any: '' },
    { name: 'order', kind: 'select', label: t('tickets.order'), options: options(ORDERS, 'tickets.orders') },
    { name: 'overdue', kind: 'flag', label: t('tickets.onlyOverdue') },
    { name: 'asked_from', kind: 'date', label: t('tickets.askedFrom'), more: true },
    { name: 'asked_to', kind: 'date', label: t('tickets.askedTo'), more: true },
    { name: 'assignee', kind: 'select', label: t('tickets.assignedTo'), options: agents.options.value, any: '', more: true },
    { name: 'tier', kind: 'select', label: t('player.tier'), options: options(TIERS, 'tier'), any: '', more: true },
    { name: 'game', kind: 'select', label: t('profile.game'), options: games.options.value, any: '', more: true },
    { name: 'server', kind: 'text', label: t('tickets.server'), more: true },
    { name: 'number', kind: 'text', label: t('tickets.number'), placeholder: 'T-000123', longest: 12, more: true, ...off() },
    { name: 'player_id', kind: 'text', label: t('tickets.playerId'), longest: 36, more: true, ...off() },
    { name: 'parent', kind: 'text', label: t('tickets.parent'), longest: 36, more: true },
  ])
}
