import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { settled } from '../testing/api'
import { dismiss, notices, notify, stay, undoLast } from './notices'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const { id } of [...notices]) dismiss(id)
  vi.useRealTimers()
})
const texts = () => notices.map(({ text }) => text)

test('a notice goes away by itself, unless it is pointed at', () => {
  notify('saved')
  notify('kept')
  stay(notices[1]!.id, true)
  vi.advanceTimersByTime(60_000)
  expect(texts()).toEqual(['kept'])
})

test('the last act that can be taken back is', async () => {
  const [first, second] = [vi.fn().mockResolvedValue(undefined), vi.fn().mockResolvedValue(undefined)]
  notify('one', { undo: first })
  notify('two', { undo: second })
  notify('three')
  expect(undoLast()).toBe(true)
  expect([first.mock.calls.length, second.mock.calls.length, texts()]).toEqual([0, 1, ['one', 'three']])
})

test('what cannot be taken back is said', async () => {
  vi.useRealTimers()
  notify('one', { undo: () => Promise.reject(new Error('too late')) })
  undoLast()
  await settled()
  expect(texts()).toEqual(['撤销失败：同事可能刚改过。'])
  expect(undoLast()).toBe(false)
})
