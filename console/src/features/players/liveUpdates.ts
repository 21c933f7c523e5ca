import type { Change } from '../../app/liveStream'
import { keys, queryClient, type SectionName } from '../../app/query'
import { onceMore, refresh, soon } from '../../app/invalidate'
import type { List, Section } from '../../api/types'
import { refetchAfterWrites } from '../../shared/useOptimistic'
import { dropCard, refreshCards } from './usePlayerList'

const ECHO_MS = 300
const MOST_PAGES = 2
const MOST_CARDS = 100

interface Versioned { version?: number; revision?: number }

/** True when the page already shows this version, as after its own write. */
function known(playerId: string, name: SectionName, idField: string, change: Change): boolean {
  const section = queryClient.getQueryData<Section<Versioned | List<Versioned>>>(keys.section(playerId, name))
  const data = section?.data
  if (!data) return false
  const items = 'items' in data ? data.items : [data]
  const wanted = change.ids[idField]
  return items.some(
    (item) => (item as Record<string, unknown>)[idField] === wanted && (item.revision ?? item.version ?? -1) >= change.version,
  )
}

/** Asking again stops no first answer that is on its way: what that brings is fetched once more. */
function refetch(queryKey: readonly unknown[]): void {
  if (queryClient.getQueryData(queryKey) === undefined) onceMore(queryKey)
  refetchAfterWrites(queryClient, queryKey)
}
const refetchSection = (playerId: string, name: SectionName) => refetch(keys.section(playerId, name))

/** Turns live changes into refetches of exactly what they touch. */
export class LiveUpdates {
  private readonly attention = soon(() => void refresh(keys.attention))
  private readonly cards = new Set<string>()
  /** Who has no row of his own any more: his id shows the player who took his place. */
  private readonly merged = new Set<string>()
  private readonly cardsAgain = soon(() => {
    const ids = [...this.cards].slice(0, MOST_CARDS)
    for (const id of ids) this.cards.delete(id)
    if (this.cards.size) this.cardsAgain.ask()
    void refreshCards(ids, this.me()).catch(() => undefined)
  })

  constructor(private readonly me: () => string | null) {}

  apply(change: Change): void {
    // The echo of one's own write may overtake its answer: by then the page knows the version, and it is ignored.
    if (change.actor !== null && change.actor === this.me()) setTimeout(() => this.handle(change), ECHO_MS)
    else this.handle(change)
  }

  private handle(change: Change): void {
    const player = change.ids.player_id
    const domain = change.type.split('.').slice(0, 2).join('.')
    // `catalog.changed`: too much at once to be named.
    if (domain.startsWith('catalog.')) void queryClient.invalidateQueries({ queryKey: ['offers'] })
    // Packs that wait for a lead stand among what needs attention.
    if (domain === 'catalog.pack' || domain === 'catalog.changed') this.attention.ask()
    if (!player) return
    if (domain === 'sales.sell_safe') return refetchSection(player, 'pitch')
    void refresh(['players', player, 'timeline'])
    if (domain === 'tickets.ticket') {
      if (known(player, 'tickets', 'ticket_id', change)) return
      refetchSection(player, 'tickets')
      if (change.ids.ticket_id) refetch(keys.entries(change.ids.ticket_id))
      this.attention.ask()
    } else if (domain === 'sales.touch') {
      refetchSection(player, 'touches')
      refetchSection(player, 'pitch')
      refetch(keys.contactBlock(player))
      this.attention.ask()
    } else if (domain === 'sales.order') {
      if (!known(player, 'orders', 'order_id', change)) refetchSection(player, 'orders')
      refetchSection(player, 'pitch')
      this.attention.ask()
    } else if (domain === 'sales.quote') {
      if (known(player, 'quotes', 'quote_id', change)) return
      refetchSection(player, 'quotes')
      refetchSection(player, 'pitch')
      this.attention.ask()
    } else if (domain === 'sales.follow_up') {
      refetchSection(player, 'pitch')
      // About no touch and no proposal: he may be contacted again, or sales reads his records with those of a merged one.
      if (!change.ids.touch_id && !change.ids.proposal_id) {
        for (const name of ['touches', 'orders', 'quotes', 'tickets'] as const) refetchSection(player, name)
        refetch(keys.contactBlock(player))
      }
      this.attention.ask()
    } else if (domain === 'players.profile') {
      refetchSection(player, 'player')
      this.cardSoon(player)
    } else if (domain === 'players.player') {
      if (change.type.startsWith('players.player.merged.')) {
        this.merged.add(player)
        dropCard(player)
      } else {
        this.merged.delete(player)
      }
      if (!known(player, 'player', 'player_id', change)) refetchSection(player, 'player')
      this.cardSoon(player)
    }
  }

  /** After an outage: what is on the page, once. */
  resumed(player: string | null): void {
    if (player) {
      refetch(keys.home(player))
      refetch(keys.contactBlock(player))
      void refresh(['players', player, 'timeline'])
    }
    void queryClient.invalidateQueries({ predicate: ({ queryKey: [of, , part] }) => of === 'tickets' && part === 'entries' })
    refetch(keys.attention)
    void queryClient.invalidateQueries({
      queryKey: keys.lists,
      predicate: ({ state }) => ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= MOST_PAGES,
    })
  }

  stop(): void {
    this.attention.stop()
    this.cardsAgain.stop()
  }

  private cardSoon(player: string): void {
    if (this.merged.has(player)) return
    this.cards.add(player)
    this.cardsAgain.ask()
  }
}
