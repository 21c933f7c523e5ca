import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '../../api/client'
import { Problem } from '../../api/problem'
import { fromLocalInput, toLocalInput } from '../../shared/format'
import type { NewPack, Pack, PackEdit } from './usePacks'

export interface Line { item_id: string; game_id: string; code: string; name: string; quantity: number }
/** What the builder holds of a pack; moments as `datetime-local` fields have them. */
export interface PackForm {
  name: string
  description: string
  discount_bp: number | null
  contents: Line[]
  campaign_id: string
  player_id: string
  valid_from: string
  valid_until: string
}
export const MOST_LINES = 50
const local = (iso: string | null) => (iso ? toLocalInput(new Date(iso)) : '')

export const emptyForm = (start: Partial<PackForm> = {}): PackForm =>
  ({ name: '', description: '', discount_bp: null, contents: [], campaign_id: '', player_id: '', valid_from: '', valid_until: '', ...start })
export const formOf = (pack: Pack): PackForm => ({
  name: pack.name, description: pack.description, discount_bp: pack.discount_bp,
  contents: pack.contents.map(({ item_id, game_id, code, name, quantity }) => ({ item_id, game_id, code, name, quantity })),
  campaign_id: pack.campaign_id ?? '', player_id: pack.player_id ?? '', valid_from: local(pack.valid_from), valid_until: local(pack.valid_until),
})

/** The fields that are there, as the API takes them. */
export function bodyOf(form: Partial<PackForm>): PackEdit {
  const body: PackEdit = {}
  if (form.name !== undefined) body.name = form.name.trim()
  if (form.description !== undefined) body.description = form.description.trim()
  if (form.discount_bp !== undefined && form.discount_bp !== null) body.discount_bp = form.discount_bp
  if (form.contents) body.contents = form.contents.map(({ item_id, quantity }) => ({ item_id, quantity }))
  if (form.campaign_id !== undefined) body.campaign_id = form.campaign_id || null
  if (form.player_id !== undefined) body.player_id = form.player_id || null
  if (form.valid_from !== undefined) body.valid_from = form.valid_from ? fromLocalInput(form.valid_from) : null
  if (form.valid_until !== undefined) body.valid_until = form.valid_until ? fromLocalInput(form.valid_until) : null
  return body
}
export const newPackOf = (form: PackForm, draft: boolean): NewPack => ({ ...(bodyOf(form) as NewPack), draft })

const isQuantity = (quantity: unknown) => typeof quantity === 'number' && Number.isInteger(quantity) && quantity >= 1 && quantity <= 1_000_000
/** What is still missing, by the field that asks for it; nothing when it may be sent. */
export function missingOf(form: PackForm): 'name' | 'contents' | 'quantity' | 'discount' | 'order' | null {
  if (!form.contents.length) return 'contents'
  if (!form.contents.every(({ quantity }) => isQuantity(quantity))) return 'quantity'
  if (form.discount_bp === null) return 'discount'
  if (form.valid_from && form.valid_until && form.valid_from >= form.valid_until) return 'order'
  return form.name.trim() ? null : 'name'
}

const TYPING_MS = 300
/** What the pack would cost and whether one may sell it so, asked a moment after the last change. */
export function usePackPrice(form: MaybeRefOrGetter<PackForm>) {
  const question = computed(() => {
    const { contents, discount_bp, campaign_id } = toValue(form)
    const lines = contents.filter(({ quantity }) => isQuantity(quantity))
    if (lines.length === 0 || lines.length < contents.length || discount_bp === null) return ''
    return JSON.stringify({ discount_bp, contents: lines.map(({ item_id, quantity }) => ({ item_id, quantity })), campaign_id: campaign_id || null })
  })
  const asked = ref(question.value)
  let pause: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(pause))
  watch(question, (next) => {
    clearTimeout(pause)
    if (next === '') asked.value = ''
    else pause = setTimeout(() => (asked.value = next), TYPING_MS)
  })
  const query = useQuery({
    queryKey: computed(() => ['pack-prices', 'list', asked.value]),
    queryFn: ({ signal }) => unwrap(api.POST('/api/pack-prices', { body: JSON.parse(asked.value), signal })),
    enabled: computed(() => asked.value !== ''),
    placeholderData: keepPreviousData,
  })
  return {
    /** Nothing to price yet. */
    idle: computed(() => question.value === ''),
    price: computed(() => (asked.value ? query.data.value ?? null : null)),
    /** The price is that of what stands in the form now. */
    current: computed(() => question.value === asked.value && !query.isPlaceholderData.value && !query.isFetching.value && query.isSuccess.value),
    problem: computed(() => (asked.value && query.error.value instanceof Problem ? query.error.value : null)),
    retry: () => void query.refetch(),
  }
}
export type PackPrice = ReturnType<typeof usePackPrice>
