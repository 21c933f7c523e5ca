import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '../../api/client'
import { useAgent } from '../../app/session'
import type { Option } from '../../shared/list/list'
import { useToday } from '../../shared/useNow'
import { useAgents } from '../lookups/useLookups'

const KEPT_MS = 10 * 60_000

/** What the signed-in agent may do with whose work, so that only that is offered; the server decides in the end. */
export function useRights() {
  const agent = useAgent()
  const { agents } = useAgents()
  const me = computed(() => agent.value?.agent_id ?? '')
  const today = useToday()
  const role = computed(() => agent.value?.role ?? 'agent')
  const standIns = useQuery({
    queryKey: ['stand-ins', 'of', me, today], staleTime: KEPT_MS, enabled: computed(() => role.value !== 'admin' && me.value !== ''),
    queryFn: ({ signal }) => unwrap(api.GET('/api/stand-ins', { params: { query: { stand_in: me.value, on: today.value, limit: 200 } }, signal })),
  })
  /** Whether he decides for this agent: an admin, or the lead of his team. */
  function leads(agentId: string | null): boolean {
    if (role.value !== 'lead') return role.value === 'admin'
    const team = agents.value.find(({ agent_id }) => agent_id === agentId)?.team
    return team !== undefined && team === agent.value?.team
  }
  return {
    me, role, leads,
    /** Whether he contacts this owner's players: the owner, who stands in for him, or who decides for him. */
    actsFor: (owner: string | null) =>
      owner === me.value || leads(owner) || (standIns.data.value?.items.some((one) => one.owner_agent_id === owner && one.in_force) ?? false),
    /** Whether he takes back what was promised: who promised it, the player's owner, or who decides for one of them; perhaps anybody while the owner cannot be read. */
    takesBack: (quote: { agent_id: string }, owner: string | null | undefined) => owner === undefined || [quote.agent_id, owner].some((id) => id === me.value || leads(id)),
    team: computed(() => agent.value?.team ?? ''),
    teams: computed<Option[]>(() => [...new Set(agents.value.map(({ team }) => team))].filter(Boolean).sort().map((team) => ({ value: team, text: team }))),
  }
}
