import { expect, test } from 'vitest'
import { hasDraft, useDraft } from './useDraft'

const empty = () => ({ detail: '', category: 'other' })

test('a draft survives leaving the player and coming back', () => {
  useDraft('p1:ticket', empty).draft.detail = '没到账'
  expect(hasDraft('p1:ticket')).toBe(true)
  expect(useDraft('p1:ticket', empty).draft).toEqual({ detail: '没到账', category: 'other' })
  expect(useDraft('p2:ticket', empty).draft.detail).toBe('')
})

test('a saved draft is gone', () => {
  const { draft, clear } = useDraft('p1:ticket', empty)
  draft.detail = 'x'
  clear()
  expect(draft.detail).toBe('')
  expect(hasDraft('p1:ticket')).toBe(false)
})
