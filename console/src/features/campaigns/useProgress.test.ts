import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ref } from 'vue'
import { problem, show, stubApi } from '../../testing/api'
import type { Campaign } from './plan'
import { useProgress } from './useCampaigns'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: new Date('2026-03-01T02:00:00Z') }) })
afterEach(() => { vi.useRealTimers() })
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)
const progress = (draw: object | null) => ({ campaign_id: 'c1', draw, total: {}, items: [], next_cursor: null })
const campaign = (launched_at: string) => ref({ campaign_id: 'c1', state: 'running', launched_at } as Campaign)

async function watched(launched_at: string, routes: Parameters<typeof stubApi>[0]) {
  const stub = stubApi(routes)
  const view = show({ setup: () => useProgress(campaign(launched_at)), template: '<p>{{ draw?.state }}</p>' })
  await seconds(1)
  return { view, progress: () => stub.of('GET /campaign-calls/progress').length, draws: () => stub.of('GET /campaign-draws/c1').length }
}

test('the draw of a campaign launched just now is waited for, then followed until it is done, over a failure too', async () => {
  let drawn: object | null = null
  const states: [number, object][] = [[200, { state: 'running', added: 1 }], [400, problem('strange-rule')], [200, { state: 'done', added: 9 }]]
  const { view, ...asked } = await watched('2026-03-01T01:59:50Z', {
    'GET /campaign-calls/progress': () => [200, progress(drawn)], 'GET /campaign-draws/c1': (_call, attempt) => states[attempt - 1] ?? states[2]!,
  })
  expect([asked.progress(), asked.draws()]).toEqual([1, 0])
  await seconds(2)
  expect(asked.progress()).toBe(2)
  drawn = { state: 'running' }
  await seconds(2)
  expect([asked.draws(), view.text()]).toEqual([1, 'running'])
  await seconds(2)
  expect(asked.draws()).toBe(2)
  // It failed: asked again after ten seconds, not never.
  await seconds(8)
  expect(asked.draws()).toBe(2)
  await seconds(2)
  expect([asked.draws(), view.text()]).toEqual([3, 'done'])
  const before = asked.progress()
  await seconds(50)
  expect(asked.draws()).toBe(3)
  expect(asked.progress() - before).toBeLessThanOrEqual(2)
})

test('where no draw has come for minutes nobody asks every two seconds', async () => {
  const { progress: asked } = await watched('2026-03-01T01:50:00Z', { 'GET /campaign-calls/progress': [200, progress(null)] })
  await seconds(50)
  expect(asked()).toBe(1)
  await seconds(10)
  expect(asked()).toBe(2)
})
