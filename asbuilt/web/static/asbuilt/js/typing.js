// @ts-check

/**
 * Whether a key pressed now is meant for a field and must not be taken as a command.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isTyping(event) {
  const target = event.composedPath()[0];
  if (event.isComposing || !(target instanceof HTMLElement)) {
    return event.isComposing;
  }
  return target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
}
