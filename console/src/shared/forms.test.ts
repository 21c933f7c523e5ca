import { expect, test, vi } from 'vitest'
import { ref } from 'vue'
import { api, unwrap } from '../api/client'
import { Problem } from '../api/problem'
import { problem, settled, show, stubApi } from '../testing/api'
import MoneyInput from './MoneyInput.vue'
import { useEdit } from './useEdit'
import { useFieldErrors } from './useProblemText'

test.each([['497.6', 49760, '497.60'], ['￥１,２００', 120000, '1200'], ['0.07', 7, '0.07']])('the amount %s is %i fen, shown as %s', async (typed, fen, shown) => {
  const amount = ref<number | null>(null)
  const view = show({ components: { MoneyInput }, setup: () => ({ amount }), template: '<MoneyInput v-model="amount" aria-label="x" />' })
  const field = view.get('input')
  await field.setValue(typed)
  expect(amount.value).toBe(fen)
  await field.trigger('blur')
  expect(field.element.value).toBe(shown)
})

test('what is no amount is none, and says so', async () => {
  const [amount, bad] = [ref<number | null>(100), ref(false)]
  const view = show({ components: { MoneyInput }, setup: () => ({ amount, bad }), template: '<MoneyInput v-model="amount" v-model:invalid="bad" aria-label="x" />' })
  await view.get('input').setValue('1.234')
  expect([amount.value, bad.value, view.get('input').attributes('aria-invalid')]).toEqual([null, true, 'true'])
  amount.value = 250
  await settled()
  expect(view.get('input').element.value).toBe('2.50')
})

test('a field says in the page\'s language what is wrong with it', () => {
  const found = new Problem(400, 'validation', '', null, [
    { pointer: '/phone', rule: 'required', message: 'is required' }, { pointer: '/lines/0/quantity', rule: 'strange', message: 'must be strange' },
  ])
  let error!: ReturnType<typeof useFieldErrors>
  show({ setup: () => { error = useFieldErrors(found) }, template: '<div />' })
  expect([error('phone'), error('lines/0/quantity'), error('note')]).toEqual(['必填', 'must be strange', undefined])
})

interface Agent { agent_id: string; name: string; team: string; version: number }
const agent: Agent = { agent_id: 'KF001', name: '小雨', team: 'A', version: 1 }

function edit(routes: Parameters<typeof stubApi>[0], of = agent, taken?: (theirs: Agent) => void) {
  const stub = stubApi(routes)
  const results: Agent[] = []
  let made!: ReturnType<typeof make>
  const make = () => useEdit<Agent, { name: string; team: string }>({
    scope: 'agent:KF001', of, form: ({ name, team }) => ({ name, team }),
    send: (body, header) => unwrap(api.PATCH('/api/agents/{agent_id}', { params: { path: { agent_id: 'KF001' }, header }, body })) as Promise<Agent>,
    saved: (result) => results.push(result), ...(taken && { taken }),
  })
  show({ setup: () => { made = make() }, template: '<div />' })
  return { stub, results, made }
}
const stale = (current: Agent): [number, object] => [412, problem('stale-version', { current })]

test('only what differs is sent, against its version; unchanged nothing is', async () => {
  const { stub, made, results } = edit({ 'PATCH /agents/KF001': [200, { ...agent, name: '小雪', version: 2 }] })
  made.save()
  made.draft.name = '小雪'
  made.save()
  await settled()
  expect(stub.calls.map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"1"', { name: '小雪' }]])
  expect(results[0]!.version).toBe(2)
  expect(made.changed.value).toEqual([])
})

test('a colleague\'s change of another field is no conflict: mine goes on top of it', async () => {
  const theirs = { ...agent, team: 'B', version: 4 }
  const { stub, made } = edit({ 'PATCH /agents/KF001': (_call, attempt) => (attempt === 1 ? stale(theirs) : [200, { ...theirs, name: '小雪', version: 5 }]) })
  made.draft.name = '小雪'
  made.save()
  await settled()
  expect(stub.calls.map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"1"', { name: '小雪' }], ['"4"', { name: '小雪' }]])
})

test('both texts are shown when both changed the same, mine is kept or theirs taken', async () => {
  const theirs = { ...agent, name: '小雷', version: 4 }
  const { stub, made, results } = edit({ 'PATCH /agents/KF001': (_call, attempt) => (attempt === 1 ? stale(theirs) : [200, { ...theirs, name: '小雪', version: 5 }]) })
  made.draft.name = '小雪'
  made.save()
  await settled()
  expect(made.conflicts((name) => name)).toEqual([{ label: 'name', theirs: '小雷', mine: '小雪' }])
  expect(made.problem.value).toBeNull()
  made.keepMine()
  await settled()
  expect(stub.calls[1]!.headers.get('If-Match')).toBe('"4"')
  expect(results.at(-1)!.name).toBe('小雪')
})

test('taking theirs forgets mine', async () => {
  const theirs = { ...agent, name: '小雷', version: 4 }
  const { made, results } = edit({ 'PATCH /agents/KF001': stale(theirs) })
  made.draft.name = '小雪'
  made.save()
  await settled()
  made.takeTheirs()
  expect([made.draft.name, results.at(-1)!.version]).toEqual(['小雷', 4])
})

test('what is taken from a colleague is not saved by me, where that is not the same', async () => {
  const taken = vi.fn()
  const { made, results } = edit({ 'PATCH /agents/KF001': stale({ ...agent, name: '小雷', version: 4 }) }, agent, taken)
  made.draft.name = '小雪'
  made.save()
  await settled()
  made.takeTheirs()
  expect([results.length, taken.mock.calls.length]).toEqual([0, 1])
})

test('after a reload only what I changed is mine: a colleague\'s other field stays as he left it', async () => {
  edit({}).made.draft.name = '小雪'
  const now = { ...agent, team: 'B', version: 4 }
  const { stub, made } = edit({ 'PATCH /agents/KF001': [200, { ...now, name: '小雪', version: 5 }] }, now)
  expect({ ...made.draft }).toEqual({ name: '小雪', team: 'B' })
  made.save()
  await settled()
  expect(stub.calls.map((call) => [call.headers.get('If-Match'), call.body])).toEqual([['"4"', { name: '小雪' }]])
})

test('after a reload what both changed is asked, not overwritten', async () => {
  edit({}).made.draft.name = '小雪'
  const now = { ...agent, name: '小雷', version: 4 }
  const { stub, made } = edit({ 'PATCH /agents/KF001': stale(now) }, now)
  made.save()
  await settled()
  expect(stub.calls[0]!.headers.get('If-Match')).toBe('"1"')
  expect(made.conflicts((name) => name)).toEqual([{ label: 'name', theirs: '小雷', mine: '小雪' }])
})

test('a save that got through while its answer was lost is a save', async () => {
  const mine = { ...agent, name: '小雪', version: 2 }
  const { stub, made, results } = edit({ 'PATCH /agents/KF001': (_call, attempt) => (attempt === 1 ? 'network' : stale(mine)) })
  made.draft.name = '小雪 '
  made.save()
  await settled()
  expect([results, made.problem.value, made.theirs.value, stub.calls.length]).toEqual([[mine], null, undefined, 2])
})
