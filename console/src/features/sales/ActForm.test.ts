import { expect, test } from 'vitest'
import { settled, show } from '../../testing/api'
import ActForm from './ActForm.vue'

test('while an act is on its way nothing in its form changes', async () => {
  const view = show(ActForm, { props: { title: 'x', action: 'y', pending: false, problem: null, testid: 'z' }, slots: { default: '<input data-testid="field" />' } })
  const field = view.get('[data-testid=field]').element as HTMLInputElement
  expect(field.readOnly).toBe(false)
  await view.setProps({ pending: true } as object)
  await settled()
  expect(field.readOnly).toBe(true)
  await view.setProps({ pending: false } as object)
  expect(field.readOnly).toBe(false)
})
