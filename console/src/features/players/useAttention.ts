import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, type Ref } from 'vue'
import { api, unwrap } from '../../api/client'
import type { Attention, HomeList, Section } from '../../api/types'
import { keys, queryClient } from '../../app/query'
import { keepLast, panelStatus, untilWhole } from '../../shared/section'

type Part = Section<{ items: Attention[] }>
/** What waits for the agent: his tickets and follow-ups, his sales, his packs; each of another service, each may be missing alone. */
export type AttentionParts = { own: Part; sales: Part; packs: Part }

export const attentionOf = (home: HomeList): AttentionParts => ({
  own: home.attention as Part, sales: home.sales_attention as Part, packs: home.pack_attention as Part,
})
const merged = (before: AttentionParts | undefined, next: AttentionParts): AttentionParts => ({
  own: keepLast(before?.own, next.own), sales: keepLast(before?.sales, next.sales), packs: keepLast(before?.packs, next.packs),
})
export const rememberAttention = (home: HomeList) =>
  queryClient.setQueryData<AttentionParts>(keys.attention, (before) => merged(before, attentionOf(home)))
/** As the gateway orders each part: a ticket that waits for the player comes after all that is due. */
const hasNoDeadline = ({ ticket }: Attention) => ticket?.clock.next_due_at === null
export const itemsOf = (parts: AttentionParts | undefined): Attention[] =>
  [parts?.own, parts?.sales, parts?.packs].flatMap((part) => part?.data?.items ?? []).sort((a, b) => Number(hasNoDeadline(a)) - Number(hasNoDeadline(b)) || a.due_at.localeCompare(b.due_at))

export const attentionKey = (item: Attention): string => {
  const id = item.ticket?.ticket_id ?? item.touch?.touch_id ?? item.recovery_proposal?.proposal_id ?? item.quote?.quote_id ?? item.delivery?.order_id ?? item.order?.order_id ?? item.pack?.pack_id
  return `${item.kind}-${id ?? item.player_id ?? ''}`
}

/** What is done on a page of its own rather than at the player's. */
export function pageOf({ pack, delivery, order }: Attention): string | null {
  if (pack) return `/packs/${pack.code}`
  const sold = order ?? delivery
  return sold ? `/orders/${sold.order_id}` : null
}

/** It comes with the first page of the list of players, so it waits for that. */
export function useAttention(ready: Ref<boolean>) {
  const query = useQuery({
    queryKey: keys.attention,
    queryFn: async ({ signal }) => {
      const home = await unwrap(api.GET('/api/home', { params: { query: { owner: 'me', limit: 1 } }, signal }))
      return merged(queryClient.getQueryData<AttentionParts>(keys.attention), attentionOf(home))
    },
    enabled: ready,
    staleTime: 30_000,
    refetchInterval: (query) => untilWhole(query, Object.values<Part>, { whole: 120_000 }),
  })
  const parts = computed(() => Object.values(query.data.value ?? {}).filter((part) => part !== undefined))
  return {
    items: computed(() => itemsOf(query.data.value)),
    /** Some of it cannot be read, the rest is here. */
    partly: computed(() => parts.value.some((part) => part.status !== 'ok')),
    state: reactive({
      status: computed(() => panelStatus(query.data.value?.own, query.isError.value)),
      asOf: computed(() => query.data.value?.own.as_of ?? null),
      refresh: () => void query.refetch(),
    }),
  }
}
