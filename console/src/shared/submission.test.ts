import { expect, test } from 'vitest'
import { ref } from 'vue'
import { api, unwrap } from '../api/client'
import { problem, settled, show, stubApi } from '../testing/api'
import { useDraft } from './useDraft'
import { useSubmission } from './useSubmission'

/** A form that can be left and opened again: what is typed, and a button that submits it. */
const Form = {
  setup() {
    const { draft, clear } = useDraft('p1:entry', () => ({ text: '' }))
    const { submit, pending, problem: found } = useSubmission('p1:entry', (body: { name: string; password: string }, header) =>
      unwrap(api.POST('/api/agents', { body: body as never, params: { header } })), clear)
    return { draft, pending, found, save: () => submit({ name: draft.text, password: `secret of ${draft.text}` }) }
  },
  template: '<div><input v-model="draft.text" /><button :disabled="pending" @click="save">{{ found?.slug }}</button></div>',
}
function opened() {
  const there = ref(true)
  const view = show({ components: { Form }, setup: () => ({ there }), template: '<Form v-if="there" />' })
  return { there, view, type: (text: string) => view.get('input').setValue(text), save: () => view.get('button').trigger('click') }
}
const keys = (stub: ReturnType<typeof stubApi>) => stub.of('POST /agents').map((call) => call.headers.get('Idempotency-Key'))

test('who leaves a form while it is being saved finds it being saved, and then empty: nothing is saved twice', async () => {
  let answer: (given: [number, object]) => void = () => undefined
  const stub = stubApi({ 'POST /agents': () => new Promise<[number, object]>((resolve) => { answer = resolve }) })
  const { there, view, type, save } = opened()
  await type('answered')
  await save()
  await settled()
  there.value = false
  await settled()
  there.value = true
  await settled()
  expect([view.get('input').element.value, view.get('button').attributes('disabled')]).toEqual(['answered', ''])
  await save()
  answer([201, {}])
  await settled()
  expect([view.get('input').element.value, view.get('button').attributes('disabled')]).toEqual(['', undefined])
  expect(stub.of('POST /agents')).toHaveLength(1)
})

test('an edit after a lost answer makes no second one: the page says that the first got through', async () => {
  const stub = stubApi({ 'POST /agents': (_call, attempt) => (attempt <= 3 ? 'network' : attempt === 4 ? [422, problem('idempotency-key-reused')] : [201, {}]) })
  const { view, type, save } = opened()
  await type('one')
  await save()
  await settled()
  expect(view.get('button').text()).toBe('network')
  await type('one and a word')
  await save()
  await settled()
  const sent = keys(stub)
  expect(sent).toEqual([sent[0], sent[0], sent[0], sent[0]])
  expect([view.get('button').text(), view.get('input').element.value]).toEqual(['idempotency-key-reused', 'one and a word'])
  await save()
  await settled()
  expect(keys(stub)[4]).not.toBe(sent[0])
})

test('nothing of what is submitted is kept beside its key', async () => {
  stubApi({ 'POST /agents': 'network' })
  const { type, save } = opened()
  await type('KF009')
  await save()
  await settled()
  expect(JSON.stringify({ ...sessionStorage })).not.toContain('secret')
})
