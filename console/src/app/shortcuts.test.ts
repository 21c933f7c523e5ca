import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { singleKeys } from './preferences'
import { onSaveKey, useShortcuts } from './shortcuts'

let scope: EffectScope
const act = vi.fn()
beforeEach(() => {
  act.mockReset()
  scope = effectScope()
  scope.run(() => useShortcuts({ n: act, Escape: act }))
})
afterEach(() => {
  scope.stop()
  singleKeys.value = 'on'
})
const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))
const field = () => document.body.appendChild(document.createElement('textarea'))

test('a single key acts on the page', () => {
  press('n')
  press('N')
  expect(act).toHaveBeenCalledTimes(2)
})

test('single keys are off while typing, Escape is not', () => {
  press('n', {}, field())
  expect(act).not.toHaveBeenCalled()
  press('Escape', {}, field())
  expect(act).toHaveBeenCalledOnce()
})

test('keys are off while an input method composes and with Ctrl, Alt or Meta', () => {
  press('n', { isComposing: true })
  press('n', { keyCode: 229 })
  press('n', { ctrlKey: true })
  press('n', { altKey: true })
  press('n', { metaKey: true })
  expect(act).not.toHaveBeenCalled()
})

test('single keys can be switched off', () => {
  singleKeys.value = 'off'
  press('n')
  expect(act).not.toHaveBeenCalled()
})

test('nothing happens behind an open dialog', () => {
  document.body.innerHTML = '<dialog open></dialog>'
  press('n')
  expect(act).not.toHaveBeenCalled()
})

test('Ctrl+Enter saves in a field, a composing Enter does not', () => {
  const save = vi.fn()
  onSaveKey(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }), save)
  onSaveKey(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, isComposing: true }), save)
  onSaveKey(new KeyboardEvent('keydown', { key: 'Enter' }), save)
  expect(save).toHaveBeenCalledOnce()
})
