import { expect, test } from 'vitest'
import type { Agent } from '../../api/types'
import { loadMessages } from '../../app/i18n'
import { keys, queryClient } from '../../app/query'
import { AGENT, anOrder, list, settled, show, stubApi } from '../../testing/api'
import { useOrderRights } from '../orders/useOrderRights'
import { useRights } from './useRights'

const TEAMS: Agent[] = [AGENT, { ...AGENT, agent_id: 'KF002' }, { ...AGENT, agent_id: 'KF003', team: '二组' }]
async function rights(role: Agent['role'], standIns: object[] = []) {
  stubApi({ 'GET /agents': [200, list(...TEAMS)], 'GET /stand-ins': [200, list(...standIns)] })
  await loadMessages('orders')
  let made!: ReturnType<typeof useRights> & ReturnType<typeof useOrderRights>
  show({ setup: () => { made = { ...useRights(), ...useOrderRights() } }, template: '<div />' })
  queryClient.setQueryData(keys.session, { agent: { ...AGENT, role }, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  return made
}
const of = (...agents: (string | null | undefined)[]) => agents
const CASES = of('KF001', 'KF002', 'KF003', null, undefined)

test.each([
  // Whose player it is: mine, of my team, of another, nobody's, not known (the owner cannot be read).
  ['agent', [true, false, false, false, true]], ['lead', [true, true, false, false, true]], ['admin', [true, true, true, true, true]],
] as const)('an owner who cannot be read takes nothing from an %s that he may do', async (role, expected) => {
  const { takesBack, isConcerned, whyNot } = await rights(role)
  expect(CASES.map((owner) => takesBack({ agent_id: 'KF003' }, owner))).toEqual(expected)
  expect(CASES.map((owner) => isConcerned('KF003', owner))).toEqual(expected)
  const order = anOrder({ seller_agent_id: 'KF003', delivery: { ...anOrder().delivery, state: 'failed' } })
  expect(CASES.map((owner) => whyNot('retry', order, owner) === '')).toEqual(expected)
})

test('what one made oneself is taken back whoever owns the player; for whom one stands in, one acts', async () => {
  const { takesBack, actsFor } = await rights('agent', [{ owner_agent_id: 'KF002', in_force: true }, { owner_agent_id: 'KF003', in_force: false }])
  expect(CASES.map((owner) => takesBack({ agent_id: 'KF001' }, owner))).toEqual([true, true, true, true, true])
  expect(['KF001', 'KF002', 'KF003', null].map(actsFor)).toEqual([true, true, false, false])
})
