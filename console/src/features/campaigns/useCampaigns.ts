import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import { api, ifMatch, unwrap } from '../../api/client'
import { repeatable } from '../../api/idempotency'
import { Problem } from '../../api/problem'
import { notify } from '../../shared/notices'
import { useListQuery } from '../../shared/list/useListQuery'
import { useOne } from '../../shared/useOne'
import { useProblemText } from '../../shared/useProblemText'
import { useSubmission } from '../../shared/useSubmission'
import type { CallFigures, Campaign, CampaignDraw, Pack, Segment } from './plan'

const DRAW_POLL_MS = 2_000
const DRAW_AWAITED_MS = 2 * 60_000
const RECOVER_MS = 10_000
const MOST_AGENTS_PAGES = 5

/** The id in the address, as long as the address is this page's. */
export function useCampaignId(): Ref<string> {
  const route = useRoute()
  const own = route.name
  const id = ref(String(route.params.id ?? ''))
  watch(() => [route.name, route.params.id] as const, ([name, next]) => { if (name === own && typeof next === 'string') id.value = next }, { flush: 'sync' })
  return id
}

export const useCampaign = (id: Ref<string>) =>
  useOne<Campaign>('campaigns', id, (campaign_id, signal) => unwrap(api.GET('/api/campaigns/{campaign_id}', { params: { path: { campaign_id } }, signal })))

/** Shows what the server said of a campaign, wherever it is shown. */
export function useKnownCampaign() {
  const client = useQueryClient()
  return (campaign: Campaign) => {
    client.setQueryData(['campaigns', 'one', campaign.campaign_id], campaign)
    void client.invalidateQueries({ queryKey: ['campaigns', 'list'] })
  }
}

/** Launches or ends a campaign; who was overtaken sees it as it is now. */
export function useCampaignAct() {
  const { t } = useI18n()
  const client = useQueryClient()
  const know = useKnownCampaign()
  const text = useProblemText()
  return useMutation<Campaign, Error, { campaign: Campaign; act: 'launch' | 'end' }>({
    mutationFn: (asked) => {
      const { campaign: { campaign_id, version }, act } = asked
      const params = { path: { campaign_id }, header: ifMatch(version) }
      const send = () => unwrap(act === 'launch' ? api.POST('/api/campaigns/{campaign_id}/launch', { params }) : api.POST('/api/campaigns/{campaign_id}/end', { params }))
      return repeatable(asked, send, (now) => now.state === (act === 'launch' ? 'running' : 'ended'))
    },
    onSuccess(campaign, { act }) {
      know(campaign)
      notify(t(act === 'launch' ? 'campaigns.launched' : 'campaigns.endedNow', { name: campaign.name }))
    },
    onError(error, { campaign }) {
      const current = error instanceof Problem && error.slug === 'stale-version' ? (error.extra.current as Campaign | undefined) : undefined
      if (current) know(current)
      else void client.invalidateQueries({ queryKey: ['campaigns', 'one', campaign.campaign_id] })
      if (error instanceof Problem && !error.errors.length) notify(text.title(error), 'danger')
    },
  })
}

interface Progress { draw: CampaignDraw | null; total: CallFigures; items: (CallFigures & { agent_id: string; team: string | null })[]; next_cursor: string | null }
async function fetchProgress(campaign_id: string, signal: AbortSignal): Promise<Progress> {
  let all: Progress | undefined
  let cursor: string | undefined
  for (let page = 0; page < MOST_AGENTS_PAGES; page++) {
    const query = { campaign_id, limit: 200, ...(cursor && { cursor }) }
    const { draw, total, items, next_cursor } = await unwrap(api.GET('/api/campaign-calls/progress', { params: { query }, signal }))
    all = { draw, total, items: [...(all?.items ?? []), ...items], next_cursor }
    if (!next_cursor) break
    cursor = next_cursor
  }
  return all!
}

/** How far the calls are, and how far their list is drawn: asked again and again while that goes on. */
export function useProgress(campaign: Ref<Campaign | null>) {
  const client = useQueryClient()
  const id = computed(() => campaign.value?.campaign_id ?? '')
  const launched = computed(() => campaign.value !== null && campaign.value.launched_at !== null)
  const isAwaited = () => campaign.value?.state === 'running' && Date.now() - new Date(campaign.value.launched_at ?? 0).getTime() < DRAW_AWAITED_MS
  const progress = useQuery({
    queryKey: computed(() => ['campaign-calls', 'list', 'progress', id.value]),
    queryFn: ({ signal }) => fetchProgress(id.value, signal),
    enabled: launched,
    placeholderData: keepPreviousData,
    // The launch reaches sales a moment later: until then there is no draw. Where none comes, nobody waits for it.
    refetchInterval: ({ state }) => (isAwaited() && state.data?.draw === null && state.status === 'success' ? DRAW_POLL_MS : 60_000),
  })
  const drawKey = computed(() => ['campaign-draws', 'one', id.value])
  const draw = useQuery({
    queryKey: drawKey,
    queryFn: ({ signal }) => unwrap(api.GET('/api/campaign-draws/{campaign_id}', { params: { path: { campaign_id: id.value } }, signal })),
    enabled: computed(() => !!progress.data.value?.draw),
    refetchInterval: ({ state }) => (state.status === 'error' ? RECOVER_MS : state.data?.state === 'running' ? DRAW_POLL_MS : false),
  })
  const lists = () => void client.invalidateQueries({ queryKey: ['campaign-calls', 'list'] })
  watch(() => [draw.data.value?.added, draw.data.value?.state], (_now, before) => { if (before[1] !== undefined) lists() })

  const again = useSubmission(({ campaign_id }: { campaign_id: string }) => `campaign-draw:${campaign_id}`, (body: { campaign_id: string }, header) =>
    unwrap(api.POST('/api/campaign-draws', { body, params: { header } })), (found) => client.setQueryData(drawKey.value, found))
  return { launched, draw: computed(() => draw.data.value ?? progress.data.value?.draw ?? null), drawing: draw, progress, again }
}

/** How many players a segment has, of those who play one of the games; asked a moment after the last change. */
export function useAudience(segment: () => Segment, games: () => string[], team: () => string | null, wait = 500) {
  const wanted = () => ({ segment: segment(), game_ids: games() })
  const copy = () => JSON.parse(JSON.stringify(wanted())) as ReturnType<typeof wanted>
  const asked = ref(copy())
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(wanted, () => {
    clearTimeout(pause)
    pause = setTimeout(() => (asked.value = copy()), wait)
  }, { deep: true })
  const query = useQuery({
    queryKey: computed(() => ['campaign-audiences', 'count', asked.value, team()]),
    queryFn: ({ signal }) => unwrap(api.POST('/api/campaign-audiences', { body: { ...asked.value, ...(team() !== null && { team: team()! }) }, signal })),
    placeholderData: keepPreviousData,
  })
  return { query, waiting: computed(() => JSON.stringify(asked.value) !== JSON.stringify(wanted())) }
}

export const useCampaignPacks = (id: Ref<string>) =>
  useListQuery<Pack, { campaign: string }>('packs', computed(() => ({ campaign: id.value })), ({ campaign }, page, signal) =>
    unwrap(api.GET('/api/campaigns/{campaign_id}/packs', { params: { path: { campaign_id: campaign }, query: page }, signal })))
