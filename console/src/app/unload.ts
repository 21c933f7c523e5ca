const losing: (() => boolean)[] = []
let ours = false
addEventListener('beforeunload', (event) => { if (!ours && wouldLose()) event.preventDefault() })

/** What lives in the page's memory alone, and is worth a question before the page goes. */
export const guardUnload = (wouldLose: () => boolean): void => { losing.push(wouldLose) }
export const wouldLose = (): boolean => losing.some((one) => one())

/** Loads the page anew for another agent, or for nobody. That is not asked: what would stay is not theirs. */
export function loadAnew(path?: string): void {
  ours = true
  if (path === undefined) location.reload()
  else location.assign(path)
}
