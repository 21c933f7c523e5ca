import { expect, test } from 'vitest'
import type { Order } from '../../api/types'
import { notices } from '../../shared/notices'
import { anOrder, problem, settled, show, stubApi } from '../../testing/api'
import { isDecided, rejectPayment } from '../orders/useOrders'
import { useAct } from './useAct'

const order = anOrder()
const seen: string[] = []
const rejected = (change: Partial<Order>): Order => ({ ...order, state: 'cancelled', payment_rejected: true, version: 2, ...change })
async function reject(current: Order) {
  seen.length = 0
  stubApi({ [`POST /orders/${order.order_id}/reject-payment`]: (_call, attempt) => (attempt === 1 ? 'network' : [412, problem('stale-version', { current })]) })
  const view = show({
    setup: () => useAct({
      send: ({ reason }: { reason: string }) => rejectPayment(order, reason),
      done: (result) => seen.push(`done ${result.version}`), overtaken: (now) => seen.push(`theirs ${now.version}`),
      made: (now, { reason }) => isDecided(now, 'reject', 'KF001', reason),
    }),
    template: '<button @click="act({ reason: \'没到账\' })">{{ problem?.slug }}</button>',
  })
  await view.get('button').trigger('click')
  await settled()
  return view.text()
}

test('what got through although its answer was lost is done, no conflict with a colleague', async () => {
  expect(await reject(rejected({ cancelled_by: 'KF001', cancel_reason: '没到账' }))).toBe('')
  expect(seen).toEqual(['done 2'])
})

test.each([{ cancelled_by: 'KF002', cancel_reason: '没到账' }, { cancelled_by: 'KF001', cancel_reason: '别的原因' }])('what a colleague, or another act, has made of it is shown (%o)', async (change) => {
  expect(await reject(rejected(change))).toBe('stale-version')
  expect([seen, notices.length]).toEqual([['theirs 2'], 0])
})
