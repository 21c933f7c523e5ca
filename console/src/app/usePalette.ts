import { useQuery } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { api, unwrap } from '../api/client'
import type { Found } from '../api/types'
import { ticketLink } from '../features/tickets/ticketLink'
import { navigation, tabsOf } from './pages'
import { useAgent } from './session'
import { pageShortcuts, shownKey } from './shortcuts'

export interface Choice { id: string; group: string; text: string; note: string; key: string; run: () => unknown }
const TYPING_MS = 180

/** What the palette offers for what was typed: pages, the page's own actions, players and tickets. */
export function usePalette() {
  const { t } = useI18n()
  const router = useRouter()
  const agent = useAgent()
  const typed = ref('')
  const asked = ref('')
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(typed, (text) => {
    clearTimeout(pause)
    pause = setTimeout(() => (asked.value = text.trim()), TYPING_MS)
  })
  // Shortcuts of the page behind the palette, as they were when it was opened.
  const shortcuts = pageShortcuts.filter((shortcut) => shortcut.action)

  const search = useQuery({
    queryKey: computed(() => ['search', asked.value]),
    queryFn: ({ signal }) => unwrap(api.GET('/api/search', { params: { query: { q: asked.value } }, signal })),
    enabled: computed(() => asked.value.length > 0),
    staleTime: 10_000,
  })
  const matches = (text: string) => text.toLowerCase().includes(typed.value.trim().toLowerCase())

  const pages = computed<Choice[]>(() => {
    const role = agent.value?.role
    if (!role) return []
    return navigation(role).flatMap(({ section, name, key }) => {
      const tabs = section === 'home' ? [] : tabsOf(section, role)
      const names = tabs.length > 1 ? tabs.map((tab) => tab.name) : [name]
      return names.map((one, at) => ({
        id: `page-${one}`, group: t('palette.pages'), text: t(`page.${one}`), note: tabs.length > 1 && t(`nav.${section}`) !== t(`page.${one}`) ? t(`nav.${section}`) : '',
        key: at === 0 ? key : '', run: () => router.push({ name: one }),
      }))
    }).filter(({ text, note }) => matches(text) || matches(note))
  })
  const actions = computed<Choice[]>(() => shortcuts
    .map((shortcut) => ({
      id: `action-${shortcut.label}`, group: t('palette.actions'), text: t(shortcut.label), note: '', key: shownKey(shortcut),
      run: () => shortcut.run?.(new KeyboardEvent('keydown')),
    }))
    .filter(({ text }) => matches(text)))

  function choiceOf({ player, ticket }: Found): Choice[] {
    if (ticket) {
      return [{ id: `ticket-${ticket.ticket_id}`, group: t('palette.tickets'), text: `${ticket.number} ${ticket.title || ticket.detail.slice(0, 60)}`,
        note: t(`state.${ticket.state}`), key: '', run: () => router.push(ticketLink(ticket)) }]
    }
    if (!player) return []
    return [{ id: `player-${player.player_id}`, group: t('palette.players'), text: player.wechat_name || player.wechat_id || player.phone || t('player.unnamed'),
      note: [player.wechat_id, player.phone, player.owner_agent_id].filter(Boolean).join(' · '), key: '',
      run: () => router.push({ name: 'home', query: { player: player.player_id } }) }]
  }
  const isAsked = computed(() => typed.value.trim() === asked.value)
  // What was found for the text before is nobody's choice any more.
  const found = computed<Choice[]>(() => (isAsked.value && asked.value ? (search.data.value?.items ?? []).flatMap(choiceOf).slice(0, 20) : []))
  const searching = computed(() => !isAsked.value || (search.isFetching.value && asked.value !== ''))

  return {
    typed,
    choices: computed(() => [...pages.value, ...actions.value, ...found.value]),
    searching,
    failed: computed(() => asked.value !== '' && (search.isError.value || (search.data.value?.missing.length ?? 0) > 0)),
    refine: computed(() => asked.value !== '' && search.data.value?.refine === true),
  }
}
