import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ref } from 'vue'
import { settled, show } from '../testing/api'
import { vBusy } from './busy'

test('while a form is saved nothing in it changes, and what has the focus keeps it', async () => {
  const [busy, picked] = [ref(false), ref('a')]
  const view = show({
    directives: { busy: vBusy }, setup: () => ({ busy, picked }),
    template: `<form v-busy="busy"><textarea /><input readonly /><label>A<input v-model="picked" type="radio" value="b" /></label><button type="button" @click="picked = 'x'">x</button><input id="alone" type="checkbox" /></form>`,
  })
  const [text, fixed] = [view.get('textarea').element, view.get('input[readonly]').element as HTMLInputElement]
  text.focus()
  busy.value = true
  await settled()
  await view.get('input[type=radio]').trigger('click')
  await view.get('button').trigger('click')
  const alone = view.get('#alone').element as HTMLInputElement
  alone.click()
  expect(alone.checked).toBe(false)
  expect([text.readOnly, document.activeElement === text, picked.value]).toEqual([true, true, 'a'])
  busy.value = false
  await settled()
  expect([text.readOnly, fixed.readOnly]).toEqual([false, true])
  await view.get('input[type=radio]').setValue(true)
  expect(picked.value).toBe('b')
})

/** Forms that need no holding, and why. */
const EXCEPTIONS: Record<string, string> = {
  'app/ShortcutHelp.vue': 'has no field, only the button that closes it',
  'pages/SignIn.vue': 'what is typed is read again at the next try, and goes with the page',
}
test('every form holds its fields while it is saved', () => {
  const src = resolve('src')
  const forms = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.vue'))
    .flatMap((name) => [...readFileSync(resolve(src, name), 'utf8').matchAll(/<form\b(?:[^>"]|"[^"]*")*>/g)].map(([tag]) => ({ name, tag })))
  expect(forms.length).toBeGreaterThan(30)
  expect(forms.filter(({ name, tag }) => !tag.includes(' v-busy="') && !(name in EXCEPTIONS)).map(({ name }) => name)).toEqual([])
  expect(Object.keys(EXCEPTIONS).filter((name) => !forms.some((form) => form.name === name))).toEqual([])
})
