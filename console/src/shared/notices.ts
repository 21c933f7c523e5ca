import { reactive } from 'vue'
import { i18n } from '../app/i18n'

export interface Notice {
  id: number
  text: string
  tone: 'good' | 'danger'
  /** Takes back what the notice says; throws when it cannot. */
  undo?: () => Promise<unknown>
}
interface Options { tone?: Notice['tone']; undo?: () => Promise<unknown> }

export const notices = reactive<Notice[]>([])
const timers = new Map<number, ReturnType<typeof setTimeout>>()
let last = 0

/** Says in passing what has happened, and offers to take it back; also read out by screen readers. */
export function notify(text: string, options: Notice['tone'] | Options = {}): void {
  const { tone = 'good', undo } = typeof options === 'string' ? { tone: options } : options
  const id = ++last
  notices.push({ id, text, tone, ...(undo && { undo }) })
  stay(id, false)
}
export function dismiss(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  const index = notices.findIndex((notice) => notice.id === id)
  if (index >= 0) notices.splice(index, 1)
}
/** A notice that is pointed at or focused does not go away by itself. */
export function stay(id: number, staying: boolean): void {
  clearTimeout(timers.get(id))
  const notice = notices.find((one) => one.id === id)
  if (!notice || staying) return
  timers.set(id, setTimeout(() => dismiss(id), notice.tone === 'good' && !notice.undo ? 4_000 : 10_000))
}
export async function undo(id: number): Promise<void> {
  const notice = notices.find((one) => one.id === id)
  dismiss(id)
  try {
    await notice?.undo?.()
  } catch {
    notify(i18n.global.t('notice.undoFailed'), 'danger')
  }
}
/** Takes back what the latest notice offers to; false when there is none. */
export function undoLast(): boolean {
  const latest = notices.findLast((notice) => notice.undo)
  if (latest) void undo(latest.id)
  return latest !== undefined
}
