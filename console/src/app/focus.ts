/**
 * What has the focus may go: a form closes, a row leaves its list, a button waits for its answer. The browser then lets
 * the focus fall to the page's body, where keys mean nothing and a screen reader begins anew. Here it goes on to what
 * the agent would look at next: what had opened the form, the next row, the part that it was in.
 */
const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]'
const ROWS = 'tr, li, article'
const FORMS = 'form, [data-menu]'

let last: HTMLElement | null = null
/** The ancestors that an element had when it got the focus: it has none when it is gone. */
const ancestors = new WeakMap<Element, Element[]>()
/** From where a form was entered first. */
const openers = new WeakMap<Element, HTMLElement>()
/** Whom an element stands for that got the focus because another went. */
const standsFor = new WeakMap<Element, HTMLElement>()

const lost = () => document.activeElement === document.body || document.activeElement === null
const name = (element: Element) => element.getAttribute('aria-label') ?? element.textContent.trim()
const first = (host: Element | null | undefined) => host?.querySelector<HTMLElement>('[data-row-link]') ?? host?.querySelector<HTMLElement>(FOCUSABLE)
const usable = (element: HTMLElement | null | undefined): element is HTMLElement =>
  !!element?.isConnected && !(element as HTMLButtonElement).disabled && element.getClientRects().length > 0
const hostOf = (element: Element) => ancestors.get(element)?.find((one) => one.isConnected)

/** The element itself, or the one that was drawn in its place and is called the same. */
function again(element: HTMLElement): HTMLElement | undefined {
  if (element.isConnected) return element
  if (!name(element)) return undefined
  return [...(hostOf(element)?.querySelectorAll<HTMLElement>(element.tagName) ?? [])].find((one) => name(one) === name(element))
}

/** What stands where the row was that went with the focus. */
function nextRow(gone: Element, changes: MutationRecord[]): HTMLElement | undefined {
  const change = changes.find(({ target, removedNodes }) => target.isConnected && [...removedNodes].some((node) => node === gone || ancestors.get(gone)?.includes(node as Element)))
  const row = [...(change?.removedNodes ?? [])].find((node) => node instanceof HTMLElement && node.matches(ROWS))
  if (!change || !row) return undefined
  const after = (node: Node | null): Element | null => (!node || node instanceof Element ? node : after(node.nextSibling))
  const before = (node: Node | null): Element | null => (!node || node instanceof Element ? node : before(node.previousSibling))
  return first(after(change.nextSibling)) ?? first(before(change.previousSibling)) ?? undefined
}

function goOn(gone: HTMLElement, row: HTMLElement | undefined): void {
  if (!lost() || last !== gone || document.querySelector('dialog[open]')) return
  const form = ancestors.get(gone)?.find((one) => !one.isConnected && one.matches(FORMS))
  const opener = form && openers.get(form)
  const host = hostOf(gone)
  const main = document.getElementById('main')
  const near = host && main !== host && main?.contains(host) ? host : null
  const candidates = [opener && again(opener), again(gone), row, near?.closest<HTMLElement>('[tabindex="-1"]:not(main)'), first(near), main]
  const next = candidates.find(usable)
  if (!next) return
  next.focus({ preventScroll: next === main })
  standsFor.set(next, opener ?? gone)
}

function focused({ target, relatedTarget }: FocusEvent): void {
  const element = target as HTMLElement
  const before = relatedTarget instanceof HTMLElement ? relatedTarget : last
  last = element
  standsFor.delete(element)
  const path: Element[] = []
  for (let one = element.parentElement; one; one = one.parentElement) path.push(one)
  ancestors.set(element, path)
  const form = element.closest(FORMS)
  if (form && before && before !== document.body && !openers.has(form) && !form.contains(before)) openers.set(form, standsFor.get(before) ?? before)
}
/** Who leaves a field for nothing in particular wants no focus. */
function left({ target }: FocusEvent): void {
  const element = target as HTMLButtonElement
  setTimeout(() => { if (last === element && lost() && element.isConnected && !element.disabled) last = null })
}
function changed(changes: MutationRecord[]): void {
  const gone = last
  if (!gone || !lost()) return
  if (!gone.isConnected) {
    const row = nextRow(gone, changes)
    // Whoever opens or closes something may have a place for the focus of his own, once it is drawn.
    setTimeout(() => goOn(gone, row), 50)
  } else if (changes.some(({ type, target }) => type === 'attributes' && target === gone) && !(gone as HTMLButtonElement).disabled) gone.focus({ preventScroll: true })
}

export function keepFocus(): void {
  addEventListener('focusin', focused)
  addEventListener('focusout', left)
  new MutationObserver(changed).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
}

/** Out of a field, so that single keys act again: to the ticket or the page that it is in. */
export function leaveField(field: Element): void {
  const around = field.closest<HTMLElement>('[tabindex="-1"]') ?? document.getElementById('main')
  if (around) around.focus({ preventScroll: true })
  else (field as HTMLElement).blur()
}
