import { expect, test, vi } from 'vitest'

test('leaving a page with pictures asks, but not where it is loaded anew for somebody else', async () => {
  vi.resetModules()
  const { guardUnload, loadAnew, wouldLose } = await import('./unload')
  vi.spyOn(location, 'reload').mockReturnValue()
  let waiting = false
  guardUnload(() => waiting)
  const leaves = () => dispatchEvent(new Event('beforeunload', { cancelable: true }))
  expect([wouldLose(), leaves()]).toEqual([false, true])
  waiting = true
  expect([wouldLose(), leaves()]).toEqual([true, false])
  loadAnew()
  expect(leaves()).toBe(true)
})
