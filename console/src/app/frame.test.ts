import { beforeEach, expect, test, vi } from 'vitest'
import { notices, notify } from '../shared/notices'
import { settled, show, stubApi, testRouter } from '../testing/api'
import { helpOpen, paletteOpen, usePageShortcuts } from './shortcuts'
import Shell from './Shell.vue'
import { guardUnload } from './unload'

const streams: FakeStream[] = []
class FakeStream extends EventTarget {
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    streams.push(this)
  }
  close(): void {}
}
beforeEach(() => {
  streams.length = 0
  helpOpen.value = paletteOpen.value = false
  vi.stubGlobal('EventSource', FakeStream)
})

async function frame() {
  const stub = stubApi({ 'DELETE /session': [204] })
  const router = testRouter()
  await router.push('/')
  const view = show(Shell, { router, slots: { default: '<main id="main"><textarea></textarea></main>' } })
  await settled()
  return { router, stub, view }
}
const press = (key: string, init: KeyboardEventInit = {}, target: Element = document.body) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))

test('digits open pages, but not while typing; a digit without a page does nothing', async () => {
  const { router, view } = await frame()
  press('2', {}, view.get('textarea').element)
  press('9')
  await settled()
  expect(router.currentRoute.value.name).toBe('home')
  press('2')
  await settled()
  expect(router.currentRoute.value.name).toBe('tickets')
  expect(view.get('[data-testid=nav-tickets]').attributes('aria-current')).toBe('page')
})

test('Ctrl+K opens the palette, also from a field, but not into a composition', async () => {
  const { view } = await frame()
  press('k', { ctrlKey: true, isComposing: true }, view.get('textarea').element)
  expect(paletteOpen.value).toBe(false)
  press('k', { ctrlKey: true }, view.get('textarea').element)
  expect(paletteOpen.value).toBe(true)
})

test('the help has the keys of the page first, then those of all pages', async () => {
  const { view } = await frame()
  show({ setup: () => usePageShortcuts([{ keys: ['n'], label: 'key.ticket' }]), template: '<i />' })
  press('?')
  await settled()
  expect(view.get('[data-testid=shortcut-help]').text()).toMatch(/本页.*N新建工单.*所有页面.*1–8打开页面/)
})

test('Z takes back what was just done', async () => {
  await frame()
  const undo = vi.fn().mockResolvedValue(undefined)
  notify('moved', { undo })
  press('z')
  expect(undo).toHaveBeenCalledOnce()
})

test('what this agent has to do is said live', async () => {
  await frame()
  streams[0]!.dispatchEvent(new MessageEvent('notice', { data: '{"notice":"pack_review","ids":{"pack_id":"p"}}' }))
  expect(notices.map(({ text }) => text)).toEqual(['您的一个礼包因价格变动进入复核。'])
})

test('signing out asks before pictures are lost that wait to be sent, and only then ends the session', async () => {
  const assign = vi.spyOn(location, 'assign').mockReturnValue()
  let waits = true
  guardUnload(() => waits)
  const { stub, view } = await frame()
  await view.get('[data-testid=agent-menu]').trigger('click')
  await view.get('[data-testid=sign-out]').trigger('click')
  await settled()
  expect(view.get('[data-testid=sign-out-loses]').text()).toContain('图片')
  expect([stub.of('DELETE /session').length, assign.mock.calls.length]).toEqual([0, 0])
  await view.get('[data-testid=sign-out]').trigger('click')
  await settled()
  expect([stub.of('DELETE /session').length, assign.mock.calls]).toEqual([1, [['/sign-in']]])
  waits = false
})
