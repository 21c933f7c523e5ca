import { expect, test } from 'vitest'
import { loadMessages } from '../../app/i18n'
import { settled, show, stubApi } from '../../testing/api'
import { aPack } from '../../testing/packs'
import PackPicker from './PackPicker.vue'

test('of many chosen packs the last are asked for, and those with which something is wrong; the rest when wanted', async () => {
  await loadMessages('campaigns')
  const ids = Array.from({ length: 30 }, (_, n) => `p${n}`)
  const stub = stubApi(Object.fromEntries(ids.map((id) => [`GET /packs/${id}`, [200, aPack({ pack_id: id, code: id.toUpperCase() })]])))
  const view = show(PackPicker, { props: { games: ['xiyou'], modelValue: ids, error: (name: string) => (name === 'pack_ids/3' ? '已下架' : undefined) } })
  await settled()
  expect(stub.calls).toHaveLength(21)
  expect(view.get('[data-testid=pack-chosen]').text()).toMatch(/另有 9 个.*P3.*已下架.*P10.*P29/s)
  await view.get('[data-testid=pack-all]').trigger('click')
  await settled()
  expect(view.findAll('[data-testid=pack-remove]')).toHaveLength(30)
})
