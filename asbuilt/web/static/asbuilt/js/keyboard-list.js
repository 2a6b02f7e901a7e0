// @ts-check
import { isTyping } from "./typing.js";

/**
 * j and k move through the rows of the list marked `data-keyboard-list`. What moves is the focus, from one row's first
 * link to the next, so that Enter opens it and screen readers follow without further help.
 *
 * @param {KeyboardEvent} event
 */
function moveThroughRows(event) {
  const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
  if (step === 0 || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) {
    return;
  }
  const links = rowLinks();
  if (links.length === 0) {
    return;
  }
  event.preventDefault();
  const row = document.activeElement?.closest("tr, li") ?? null;
  const at = links.findIndex((link) => link.closest("tr, li") === row);
  const next = at === -1 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next]?.focus();
}

/** @returns {HTMLAnchorElement[]} the first link of each row of the first list on the page */
function rowLinks() {
  const list = document.querySelector("[data-keyboard-list]");
  const rows = list?.querySelectorAll("tbody > tr, :scope > li") ?? [];
  return [...rows].flatMap((row) => row.querySelector("a") ?? []);
}

document.addEventListener("keydown", moveThroughRows);
