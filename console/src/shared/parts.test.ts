import { expect, test, vi } from 'vitest'
import { api, unwrap } from '../api/client'
import { queryClient } from '../app/query'
import { aTicket, problem, settled, show, stubApi } from '../testing/api'
import ConfirmButton from './ConfirmButton.vue'
import CopyText from './CopyText.vue'
import { notices } from './notices'
import { useOne, type One } from './useOne'

test('what cannot be taken back is asked once more, and Esc leaves it', async () => {
  const view = show(ConfirmButton, { props: { text: '下架', question: '下架后不能再卖，确定吗？', testid: 'retire' } })
  await view.get('[data-testid=retire]').trigger('click')
  await settled()
  expect(document.activeElement?.textContent).toBe('取消')
  await view.get('.confirm').trigger('keydown', { key: 'Escape' })
  expect(view.find('[data-testid=retire-yes]').exists()).toBe(false)
  await view.get('[data-testid=retire]').trigger('click')
  await view.get('[data-testid=retire-yes]').trigger('click')
  expect(view.emitted('confirm')).toHaveLength(1)
})

test.each([[true, '已复制。'], [false, '复制失败，请手动选择后复制。']])('a click copies an id and says so (%s)', async (works, text) => {
  const written: string[] = []
  vi.stubGlobal('navigator', { clipboard: { writeText: async (value: string) => { if (!works) throw new Error('no'); written.push(value) } } })
  const view = show(CopyText, { props: { text: 'T-000123' } })
  await view.get('button').trigger('click')
  await settled()
  expect(notices.map((notice) => notice.text)).toEqual([text])
  expect(written).toEqual(works ? ['T-000123'] : [])
})

test('one thing keeps its last answer, marked stale; one that is not there is missing', async () => {
  stubApi({ 'GET /tickets/t1': (_call, attempt) => (attempt === 1 ? [200, aTicket()] : [503, problem('unavailable')]) })
  const made: One<unknown>[] = []
  const fetchOne = (id: string, signal: AbortSignal) => unwrap(api.GET('/api/tickets/{ticket_id}', { params: { path: { ticket_id: id } }, signal }))
  show({ setup: () => { made.push(useOne('tickets', 't1', fetchOne), useOne('tickets', 'gone', fetchOne)) }, template: '<i />' })
  await settled()
  expect(made.map(({ status, missing }) => [status, missing])).toEqual([['ok', false], ['error', true]])
  await queryClient.invalidateQueries({ queryKey: ['tickets', 'one', 't1'] })
  await settled()
  expect([made[0]!.status, (made[0]!.data as { number: string }).number]).toEqual(['stale', 'T-000123'])
})
