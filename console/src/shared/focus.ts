/**
 * Whether somebody types anywhere but in `here`: then nothing may take the focus. Ask once the form that is done has
 * gone: a focus that went with it is nowhere.
 */
export const isTyping = (here?: Element | null): boolean =>
  document.activeElement?.matches('input, textarea, select') === true && !here?.contains(document.activeElement)
