import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import type { components } from '../../api/schema'
import type { Body } from '../../api/types'

type Schemas = components['schemas']
export type PriceImpact = Schemas['PriceImpact']
export type QuotedPack = Schemas['QuotedPackImpact']
export type PriceQuestion = Body<'/api/price-impact-views', 'post'>
export const impactLink = (impact: { impact_id: string }) => ({ name: 'price-impact', params: { id: impact.impact_id } })

const TYPING_MS = 300
/** What new prices would do to packs, asked a moment after the last change; null asks nothing. */
export function useImpactPreview(question: MaybeRefOrGetter<PriceQuestion | null>) {
  const text = computed(() => { const found = toValue(question); return found ? JSON.stringify(found) : '' })
  const asked = ref(text.value)
  let pause: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(pause))
  watch(text, (next) => {
    clearTimeout(pause)
    if (next === '') asked.value = ''
    else pause = setTimeout(() => (asked.value = next), TYPING_MS)
  })
  const query = useQuery({
    queryKey: computed(() => ['price-impact-views', 'list', asked.value]),
    queryFn: ({ signal }) => unwrap(api.POST('/api/price-impact-views', { body: JSON.parse(asked.value) as PriceQuestion, signal })),
    enabled: computed(() => asked.value !== ''),
    placeholderData: keepPreviousData,
  })
  return {
    idle: computed(() => text.value === ''),
    preview: computed(() => (asked.value ? query.data.value ?? null : null)),
    current: computed(() => text.value === asked.value && !query.isPlaceholderData.value && query.isSuccess.value),
    problem: computed(() => (asked.value && query.error.value instanceof Problem ? query.error.value : null)),
    retry: () => void query.refetch(),
  }
}
export type ImpactPreviewState = ReturnType<typeof useImpactPreview>
