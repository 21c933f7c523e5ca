import { expect, test } from 'vitest'
import { effectScope } from 'vue'
import { draftsInMemory, hasDraft, useDraft } from './useDraft'

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

test('what the page filled in is no draft, nor is what was typed and taken back', () => {
  const { draft } = useDraft('p1:touch', () => ({ text: '', campaign: 'c1' }))
  expect(hasDraft('p1:touch')).toBe(false)
  draft.text = 'x'
  expect(hasDraft('p1:touch')).toBe(true)
  draft.text = ''
  expect(hasDraft('p1:touch')).toBe(false)
})

test('what a draft began from stays with it when it is opened again without being touched', () => {
  useDraft('i1', () => ({ price: 1 }), () => ({ version: 1 })).draft.price = 2
  expect(useDraft('i1', () => ({ price: 5 }), () => ({ version: 2 })).began).toEqual({ version: 1 })
  expect(useDraft('i1', () => ({ price: 5 }), () => ({ version: 2 })).began).toEqual({ version: 1 })
})

test('a form that nobody typed in leaves nothing behind; one that is being sent, or typed in, stays', () => {
  const before = draftsInMemory()
  const use = (name: string) => {
    const scope = effectScope()
    return { ...scope.run(() => useDraft(name, empty))!, leave: () => scope.stop() }
  }
  for (let n = 0; n < 100; n++) use(`p1:t${n}:reopen`).leave()
  expect(draftsInMemory()).toBe(before)

  const sent = use('p1:sent')
  sent.draft.detail = '没到账'
  const again = use('p1:sent')
  sent.leave()
  again.leave()
  const third = use('p1:sent')
  sent.clear() // its answer has come
  expect([third.draft.detail, hasDraft('p1:sent')]).toEqual(['', false])
  third.draft.detail = '还有一件'
  third.leave()
  expect(hasDraft('p1:sent')).toBe(true)
  sent.clear()
  expect(draftsInMemory()).toBe(before)
})
