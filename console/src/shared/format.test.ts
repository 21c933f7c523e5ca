import { afterEach, expect, test } from 'vitest'
import { i18n } from '../app/i18n'
import { discount, fromLocalInput, money, parseYuan, phoneText, plainDates, relative, toLocalInput, when, yuanText } from './format'

afterEach(() => { i18n.global.locale.value = 'zh-CN' })

test('fen become yuan with two decimals and groups', () => {
  expect(money(123450)).toBe('¥1,234.50')
  expect(money(0)).toBe('¥0.00')
})

test.each([
  ['1234.5', 123450], ['1,234.50', 123450], ['￥６', 600], ['0.05', 5], ['6元', 600], ['12.345', null], ['-3', null], ['abc', null], ['', null],
])('the amount %j is %j fen', (typed, fen) => expect(parseYuan(typed)).toBe(fen))

test('an amount goes into the field and back without loss', () => {
  for (const fen of [0, 5, 600, 49760, 123456]) expect(parseYuan(yuanText(fen))).toBe(fen)
})

test('a local time goes into the field and back to the same minute', () => {
  const time = new Date('2026-03-01T02:03:00Z')
  expect(fromLocalInput(toLocalInput(time))).toBe('2026-03-01T02:03:00.000Z')
})

test('discounts read as Chinese and English say them', () => {
  expect(discount(2000)).toBe('8 折')
  expect(discount(1500)).toBe('8.5 折')
  expect(discount(0)).toBe('原价')
})

test('a moment of today shows the time alone, an older one its date', () => {
  const now = new Date(2026, 2, 1, 12, 0)
  expect(when(new Date(2026, 2, 1, 9, 5).toISOString(), now)).toBe('09:05')
  expect(when(new Date(2026, 1, 3, 9, 5).toISOString(), now)).toContain('2月3日')
  expect(when(new Date(2025, 11, 31, 9, 5).toISOString(), now)).toMatch(/^12月31日.09:05$/)
  expect(when(new Date(2025, 1, 3, 9, 5).toISOString(), now)).toBe('2025年2月3日')
})

test('days inside a sentence of the server read as days do', () => {
  const now = new Date(2026, 10, 23)
  expect(plainDates('已经 17 天没有联系（上次是 2026-11-06）', now)).toBe('已经 17 天没有联系（上次是 11月6日）')
  expect(plainDates('有效至 2025-12-25 18:00', now)).toBe('有效至 2025年12月25日 18:00')
  expect(plainDates('订单 O-2026-1106-1 和 12026-11-06', now)).toBe('订单 O-2026-1106-1 和 12026-11-06')
})

test('distances are rounded towards now', () => {
  const now = Date.parse('2026-03-01T02:00:00Z')
  expect(relative('2026-03-01T01:59:30Z', now)).toBe('刚刚')
  expect(relative('2026-03-01T01:57:00Z', now)).toMatch(/3\s*分钟前/)
})

test.each([
  // 15:05 on 23 November: the day before yesterday is the calendar's, however few hours ago that was.
  [[21, 17, 9], '前天'], [[21, 0, 0], '前天'], [[20, 23, 59], '3天前'], [[20, 18, 37], '3天前'], [[22, 0, 0], '昨天'], [[22, 15, 6], '昨天'], [[22, 23, 59], '昨天'],
  [[23, 0, 0], '15小时前'], [[23, 23, 59], '8小时后'], [[24, 0, 0], '8小时后'], [[24, 15, 4], '明天'], [[25, 0, 0], '后天'], [[26, 0, 0], '3天后'], [[3, 15, 0], '20天前'],
] as const)('a moment on November %j is %s', ([day, hour, minute], text) => {
  const now = new Date(2026, 10, 23, 15, 5).getTime()
  expect(relative(new Date(2026, 10, day, hour, minute).toISOString(), now).replace(/\s/g, '')).toBe(text)
})

test('just after midnight a moment before it is still hours or minutes ago', () => {
  const now = new Date(2026, 10, 23, 0, 5).getTime()
  const ago = (day: number, hour: number, minute: number) => relative(new Date(2026, 10, day, hour, minute).toISOString(), now).replace(/\s/g, '')
  expect([ago(22, 23, 55), ago(22, 22, 0), ago(22, 12, 6), ago(22, 12, 5), ago(21, 23, 59), ago(20, 23, 59)]).toEqual(['10分钟前', '2小时前', '11小时前', '昨天', '前天', '3天前'])
})

test('Chinese mobiles lose their prefix, foreign numbers keep theirs', () => {
  expect(phoneText('+8613800001234')).toBe('13800001234')
  expect(phoneText('+4915112345678')).toBe('+4915112345678')
  expect(phoneText('138****1234')).toBe('138****1234')
})
