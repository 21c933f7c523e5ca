import { reactive } from 'vue'

export interface Notice { id: number; text: string; tone: 'good' | 'danger' }

export const notices = reactive<Notice[]>([])
let last = 0

/** Says in passing what has happened; also read out by screen readers. */
export function notify(text: string, tone: Notice['tone'] = 'good'): void {
  const id = ++last
  notices.push({ id, text, tone })
  setTimeout(() => dismiss(id), tone === 'good' ? 4_000 : 10_000)
}
export function dismiss(id: number): void {
  const index = notices.findIndex((notice) => notice.id === id)
  if (index >= 0) notices.splice(index, 1)
}
