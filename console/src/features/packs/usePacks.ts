import { computed, ref, watch, type Ref } from 'vue'
import { useRoute } from 'vue-router'
import { api, ifMatch, unwrap } from '../../api/client'
import type { Idempotent } from '../../api/idempotency'
import type { components } from '../../api/schema'
import type { Agent, Body, Query } from '../../api/types'
import { refresh } from '../../app/invalidate'
import { queryClient } from '../../app/query'
import { useAgent } from '../../app/session'
import type { Tone } from '../../shared/StatusTag.vue'
import { useOne } from '../../shared/useOne'
import { useAgents } from '../lookups/useLookups'

type Schemas = components['schemas']
export type Pack = Schemas['Pack']
export type PackState = Schemas['PackState']
export type PackRevision = Schemas['PackRevision']
export type WaitingPack = Schemas['WaitingPack']
export type Content = Pack['contents'][number]
export type NewPack = Body<'/api/packs', 'post'>
export type PackEdit = Body<'/api/packs/{pack_id_or_code}', 'patch'>
export type PackQuery = Query<'/api/packs'>

export const PACK_STATES: PackState[] = ['active', 'pending_approval', 'review', 'draft', 'retired']
export const PACK_SORTS = ['newest', 'name', 'price'] as const
export const STATE_TONES: Record<PackState, Tone> = { draft: 'plain', pending_approval: 'warn', active: 'good', review: 'danger', retired: 'plain' }
export const isWaiting = (pack: { state: PackState }) => pack.state === 'pending_approval' || pack.state === 'review'
export const packLink = (pack: { code: string }) => ({ name: 'pack', params: { code: pack.code } })

/** 月卡 ×2、金币 ×100: what is in a pack, in one line. */
export const contentsText = (contents: { name: string; quantity: number }[]) => contents.map(({ name, quantity }) => `${name} ×${quantity}`).join(' · ')

const path = (id: string) => ({ pack_id_or_code: id })
export const readPack = (id: string, signal?: AbortSignal) => unwrap(api.GET('/api/packs/{pack_id_or_code}', { params: { path: path(id) }, ...(signal && { signal }) }))
export const createPack = (body: NewPack, header: Idempotent) => unwrap(api.POST('/api/packs', { body, params: { header } }))
export const editPack = (pack: Pack, body: PackEdit, header: ReturnType<typeof ifMatch>) =>
  unwrap(api.PATCH('/api/packs/{pack_id_or_code}', { params: { path: path(pack.pack_id), header }, body }))
const at = (pack: { pack_id: string; version: number }) => ({ path: path(pack.pack_id), header: ifMatch(pack.version) })
export const submitPack = (pack: Pack) => unwrap(api.POST('/api/packs/{pack_id_or_code}/submit', { params: at(pack) }))
export const retirePack = (pack: Pack) => unwrap(api.POST('/api/packs/{pack_id_or_code}/retire', { params: at(pack) }))
export const approvePack = (pack: Pack) => unwrap(api.POST('/api/packs/{pack_id_or_code}/approve', { params: at(pack) }))
export const rejectPack = (pack: Pack, reason: string) => unwrap(api.POST('/api/packs/{pack_id_or_code}/reject', { params: at(pack), body: { reason } }))
export const copyPack = (pack: Pack, header: Idempotent) =>
  unwrap(api.POST('/api/packs/{pack_id_or_code}/copies', { params: { path: path(pack.pack_id), header }, body: {} }))

/** What the server said of a pack is what the pages show. */
export function keepPack(pack: Pack): void {
  queryClient.setQueryData(['packs', 'one', pack.pack_id], pack)
  void refresh(['packs', 'list'])
  void refresh(['pack-approvals', 'list'])
}

/** A part of the address, which stays what it was while the page is being left. */
export function useParam(name: string): Ref<string> {
  const route = useRoute()
  const value = ref('')
  watch(() => route.params[name], (found) => { if (typeof found === 'string' && found) value.value = found }, { immediate: true })
  return value
}

/** A pack by its code. Live changes name packs by id, so that is its key once it is known. */
export function usePack(code: string) {
  const id = ref(code)
  return useOne('packs', id, async (wanted, signal) => {
    const pack = await readPack(wanted, signal)
    if (wanted !== pack.pack_id) {
      queryClient.setQueryData(['packs', 'one', pack.pack_id], pack)
      id.value = pack.pack_id
    }
    return pack
  })
}

/** Its maker, a lead of his team, or an admin may change a pack. */
export function useMayChange() {
  const agent = useAgent()
  const { agents } = useAgents()
  const teamOf = (id: string) => agents.value.find((one: Agent) => one.agent_id === id)?.team
  /** Null until it is known. */
  return computed(() => (pack: Pack): boolean | null => {
    const me = agent.value
    if (!me || pack.state === 'retired') return false
    if (pack.created_by === me.agent_id || me.role === 'admin') return true
    if (me.role === 'lead' && agents.value.length === 0) return null
    return me.role === 'lead' && me.team !== null && teamOf(pack.created_by) === me.team
  })
}
