import { expect, test } from 'vitest'
import { recognise } from './recognise'

const nothing = { phone: '', wechat_id: '', wechat_name: '' }

test.each([
  ['138 0000-1234', { ...nothing, phone: '13800001234' }],
  ['１３８００００１２３４', { ...nothing, phone: '13800001234' }],
  ['+8613800001234', { ...nothing, phone: '+8613800001234' }],
  ['wxid_abc123', { ...nothing, wechat_id: 'wxid_abc123' }],
  ['悟空', { ...nothing, wechat_name: '悟空' }],
  ['abc', { ...nothing, wechat_name: 'abc' }],
  ['1234', nothing],
])('what was typed as %j begins a new player', (typed, found) => expect(recognise(typed)).toEqual(found))
