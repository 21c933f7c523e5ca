import { expect, test, vi } from 'vitest'

test('the business day is Shanghai\'s, and the next one from midnight on', async () => {
  vi.resetModules()
  vi.useFakeTimers({ now: new Date('2026-03-01T15:59:50Z'), toFake: ['Date', 'setInterval'] })
  const { useToday } = await import('./useNow')
  const today = useToday()
  expect(today.value).toBe('2026-03-01')
  vi.advanceTimersByTime(20_000)
  expect(today.value).toBe('2026-03-02')
  vi.useRealTimers()
})
