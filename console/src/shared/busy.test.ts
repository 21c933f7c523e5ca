import { expect, test } from 'vitest'
import { ref } from 'vue'
import { settled, show } from '../testing/api'
import { vBusy } from './busy'

test('while a form is saved nothing in it changes, and what has the focus keeps it', async () => {
  const [busy, picked] = [ref(false), ref('a')]
  const view = show({
    directives: { busy: vBusy }, setup: () => ({ busy, picked }),
    template: '<form v-busy="busy"><textarea /><input readonly /><label>A<input v-model="picked" type="radio" value="b" /></label><button type="button">x</button></form>',
  })
  const [text, fixed] = [view.get('textarea').element, view.get('input[readonly]').element as HTMLInputElement]
  text.focus()
  busy.value = true
  await settled()
  await view.get('input[type=radio]').trigger('click')
  expect([text.readOnly, document.activeElement === text, picked.value]).toEqual([true, true, 'a'])
  busy.value = false
  await settled()
  expect([text.readOnly, fixed.readOnly]).toEqual([false, true])
  await view.get('input[type=radio]').setValue(true)
  expect(picked.value).toBe('b')
})
