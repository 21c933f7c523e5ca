import { hashKey, type Query, type QueryKey } from '@tanstack/vue-query'
import type { Change } from './liveStream'
import { queryClient } from './query'

type Ids = Record<string, string>
const one = (list: string, id: string | undefined): QueryKey[] => (id ? [[list, 'one', id]] : [])
const lists = (...names: string[]): QueryKey[] => names.map((name) => [name, 'list'])

const ITEMS = lists('items', 'price-impacts', 'item-decisions', 'pack-prices', 'price-impact-views')
const PACKS = lists('packs', 'pack-approvals')

/**
 * Which queries a kind of change touches, for every page; a key stands for all that begin with it. Queries are named
 * by what they hold: `[list, 'list', filters]` for a list, `[list, 'one', id]` for one thing of it, `list` as in the
 * address of the API. The sections of the home page are finer than that: `features/players/liveUpdates.ts`.
 */
const TOUCHED: Record<string, (ids: Ids) => QueryKey[]> = {
  'players.player': (ids) => [...lists('players'), ...one('players', ids.player_id)],
  'players.profile': (ids) => one('players', ids.player_id),
  'players.agent': () => [['agents'], ['wechat-bindings'], ...lists('stand-ins')],
  'tickets.ticket': (ids) => [...lists('tickets'), ...one('tickets', ids.ticket_id)],
  'sales.touch': () => lists('touches', 'follow-ups', 'recovery-proposals', 'campaign-calls'),
  'sales.follow_up': () => lists('follow-ups', 'recovery-proposals'),
  'sales.order': (ids) => [...lists('orders', 'refunds', 'deliveries'), ...one('orders', ids.order_id)],
  'sales.quote': (ids) => [...lists('quotes'), ...one('quotes', ids.quote_id)],
  'catalog.item': (ids) => [...ITEMS, ...one('items', ids.item_id)],
  'catalog.pack': (ids) => [...PACKS, ...one('packs', ids.pack_id)],
  'catalog.campaign': (ids) => [...lists('campaigns'), ...one('campaigns', ids.campaign_id)],
  // Too much at once to be named.
  'catalog.changed': () => [...ITEMS, ...PACKS, ...lists('campaigns'), ['items', 'one'], ['packs', 'one'], ['campaigns', 'one']],
}
export const touchedBy = (change: Change): QueryKey[] =>
  TOUCHED[change.type.split('.').slice(0, 2).join('.')]?.(change.ids) ?? []

/** A list of which more than this is shown is not fetched anew as a whole; it says that it is out of date. */
export const MOST_PAGES = 2
export const pagesOf = ({ state }: Query): number => (state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0
const isShort = (query: Query) => pagesOf(query) <= MOST_PAGES
const isLong = (query: Query) => !isShort(query)

const awaited = new Set<string>()
/**
 * An answer that is on its way may be older than what has just changed, and asking again does not stop a first one:
 * once it is there, what it brought is fetched once more.
 */
export function onceMore(queryKey: QueryKey): void {
  const query = queryClient.getQueryCache().find({ queryKey, exact: true })
  const name = hashKey(queryKey)
  if (query?.state.fetchStatus !== 'fetching' || !query.promise || awaited.has(name)) return
  awaited.add(name)
  const again = () => {
    awaited.delete(name)
    void refresh(queryKey)
  }
  void query.promise.then(again, again)
}

/**
 * Marks queries as out of date, and fetches those anew that are on the page and short. One that is on its way is let
 * finish, and asked for once more: on a busy desk it would never come otherwise.
 */
export async function refresh(queryKey: QueryKey): Promise<void> {
  for (const query of queryClient.getQueryCache().findAll({ queryKey })) onceMore(query.queryKey)
  await Promise.all([
    queryClient.invalidateQueries({ queryKey, predicate: isShort }, { cancelRefetch: false }),
    queryClient.invalidateQueries({ queryKey, predicate: isLong, refetchType: 'none' }),
  ])
}

interface Versioned { version?: number; revision?: number }
function rowsOf(data: unknown): Record<string, unknown>[] {
  if (typeof data !== 'object' || data === null) return []
  if ('pages' in data && Array.isArray(data.pages)) return data.pages.flatMap(rowsOf)
  if ('items' in data && Array.isArray(data.items)) return data.items as Record<string, unknown>[]
  return [data as Record<string, unknown>]
}
/** Whether the page already shows this version everywhere, as after its own write. */
function isKnown(queryKey: QueryKey, change: Change): boolean {
  const found = queryClient.getQueriesData({ queryKey }).map(([, data]) => data).filter((data) => data !== undefined)
  const [name, id] = Object.entries(change.ids).find(([field]) => field !== 'player_id') ?? ['player_id', change.ids.player_id]
  return found.length > 0 && found.every((data) => {
    const row = rowsOf(data).find((one) => one[name] === id) as Versioned | undefined
    return row !== undefined && (row.revision ?? row.version ?? -1) >= change.version
  })
}

const SETTLE_MS = 400
const APART_MS = 1_000
const ECHO_MS = 300

/** What runs shortly after it is asked for, and again a second later at the earliest; asking anew does not put it off. */
export function soon(run: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  const ask = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      last = Date.now()
      run()
    }, Math.max(SETTLE_MS, last + APART_MS - Date.now()))
  }
  return { ask, stop: () => { clearTimeout(timer); timer = undefined } }
}

/** Turns live changes into refetches of the lists and things that they touch, a few at a time. */
export class Invalidation {
  private readonly waiting = new Map<string, QueryKey>()
  private readonly flush = soon(() => {
    const keys = [...this.waiting.values()]
    this.waiting.clear()
    for (const key of keys) void refresh(key)
  })
  private resuming: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly me: () => string | null) {}

  apply(change: Change): void {
    // The echo of one's own write may overtake its answer: by then the page knows the version, and it is ignored.
    if (change.actor !== null && change.actor === this.me()) setTimeout(() => this.take(change), ECHO_MS)
    else this.take(change)
  }

  private take(change: Change): void {
    for (const key of touchedBy(change)) if (!isKnown(key, change)) this.waiting.set(hashKey(key), key)
    this.flush.ask()
  }

  /** After an outage everything may have changed: what is on the page is fetched once, the rest when it is shown. */
  resumed(): void {
    clearTimeout(this.resuming)
    this.resuming = setTimeout(() => {
      const ours = ({ queryKey: [, kind] }: Query) => kind === 'list' || kind === 'one'
      void queryClient.invalidateQueries({ predicate: (query) => ours(query) && isShort(query) && query.queryKey[0] !== 'home' })
      void queryClient.invalidateQueries({ predicate: (query) => ours(query) && isLong(query) && query.queryKey[0] !== 'home', refetchType: 'none' })
    }, SETTLE_MS)
  }

  stop(): void {
    this.flush.stop()
    clearTimeout(this.resuming)
    this.waiting.clear()
  }
}
