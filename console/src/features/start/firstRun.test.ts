import { beforeEach, expect, test } from 'vitest'
import { loadMessages } from '../../app/i18n'
import { keys, queryClient } from '../../app/query'
import Home from '../../pages/Home.vue'
import { aCard, AGENT, list, problem, section, settled, show, stubApi } from '../../testing/api'
import { keepFirstRun } from './putAway'

beforeEach(() => keepFirstRun(null))
const sync = { circuit: 'closed', open_until: null, due: 0, last_answer_at: null as string | null, last_failure_at: null, last_reason: null }
const game = (change: Partial<typeof sync> = {}) => ({ game_id: 'xiyou', name: '西游传说', sync: { ...sync, ...change } })
const empty = section(list())
const routes = {
  'GET /home': [200, { attention: empty, sales_attention: empty, pack_attention: empty, players: empty }],
  'GET /games': [200, list(game())], 'GET /agents': [200, list(AGENT)], 'GET /items': [200, list()], 'GET /packs': [200, list()], 'GET /players': [200, list()],
} as Parameters<typeof stubApi>[0]

async function home(change: Parameters<typeof stubApi>[0] = {}, role: 'admin' | 'lead' = 'admin') {
  await Promise.all([import('./FirstRun.vue'), loadMessages('first-run')])
  const stub = stubApi({ ...routes, ...change })
  const view = show(Home)
  queryClient.setQueryData(keys.session, { agent: { ...AGENT, role }, expires_at: '2099-01-01T00:00:00Z' })
  await settled()
  const steps = () => view.findAll('[data-testid=first-run-step]').map((step) => [step.attributes('data-step'), step.attributes('data-done')])
  return { stub, view, steps }
}

test('an admin of an empty system sees what is missing, each line leading to its page (R20)', async () => {
  const { view, steps } = await home()
  expect(steps()).toEqual([['games', 'false'], ['agents', 'false'], ['prices', 'false'], ['pack', 'false'], ['player', 'false']])
  expect(view.findAll('[data-testid=first-run] a').map((link) => link.attributes('href'))).toEqual(['/settings/games', '/settings/agents', '/items', '/packs/new', '/imports'])
})

test('a line ticks itself when it is done; the last one says so and closes (R20)', async () => {
  const { view, steps } = await home({
    'GET /games': [200, list(game({ last_answer_at: '2026-03-01T02:00:00Z' }))], 'GET /agents': [200, list(AGENT, { ...AGENT, agent_id: 'KF002' })], 'GET /items': [200, list({})], 'GET /packs': [200, list({})],
    'GET /players': (_call, attempt) => [200, attempt === 1 ? list() : list(aCard())],
  })
  expect(steps().filter(([, done]) => done === 'false')).toEqual([['player', 'false']])
  await queryClient.invalidateQueries({ queryKey: ['players', 'list'] })
  await settled()
  expect(view.get('[data-testid=first-run]').text()).toContain('都准备好了')
  await view.get('[data-testid=first-run-away]').trigger('click')
  expect([view.find('[data-testid=first-run]').exists(), localStorage.getItem('gamedesk:first-run')]).toEqual([false, 'done'])
})

test('a game that does not answer is named; what cannot be read does not hide the rest (B9)', async () => {
  const { view, steps } = await home({ 'GET /games': [200, list(game({ circuit: 'open' }))], 'GET /items': [200, list({})], 'GET /packs': [403, problem('forbidden')] })
  expect(view.get('[data-step=games]').text()).toContain('没有回应：西游传说')
  expect(steps()).toContainEqual(['pack', undefined])
  expect(view.get('[data-step=pack]').text()).toContain('暂时读不到')
})

test('it is put away for this browser, and can be shown again (R20)', async () => {
  const { view } = await home()
  await view.get('[data-testid=first-run-away]').trigger('click')
  expect([view.find('[data-testid=first-run]').exists(), localStorage.getItem('gamedesk:first-run')]).toEqual([false, 'away'])
  await view.get('[data-testid=first-run-show]').trigger('click')
  await settled()
  expect(view.find('[data-testid=first-run]').exists()).toBe(true)
})

test('who is no admin is asked nothing and shown nothing', async () => {
  const { stub, view } = await home({}, 'lead')
  expect([view.find('[data-testid=first-run]').exists(), stub.of('GET /packs').length]).toEqual([false, 0])
})
