// @ts-check
import { isTyping } from "./typing.js";

const GROUP_SEPARATOR = "\u001d";
const ROW_KEYS = ["j", "k"];
const SAME_SCAN_MS = 150;

/**
 * `<find-box>` around a search form with one input. What is scanned or typed while nothing has the focus lands in it, and
 * Enter or Tab at the end of a scan searches. `/` or Ctrl+K goes there from anywhere, Escape empties it and then leaves
 * it. A scanner sends the group separator inside a GS1 code as Ctrl+], which browsers drop; here it is kept.
 */
class FindBox extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;

  /** j and k that were just pressed: steps through a list, unless more of a scan follows at once. */
  #steps = "";
  #lastStep = 0;

  /** Whether the input is filled by what came while nothing had the focus. */
  #isScan = false;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("keydown", (event) => this.#callFromAnywhere(event), { signal });
    this.addEventListener("keydown", (event) => this.#editInside(event), { signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get #input() {
    return this.querySelector("input");
  }

  /** @param {KeyboardEvent} event */
  #callFromAnywhere(event) {
    if (event.defaultPrevented) {
      return;
    }
    const slash = event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !isTyping(event);
    const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (slash || ctrlK) {
      event.preventDefault();
      this.#input?.focus();
      this.#input?.select();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && nothingHasFocus()) {
      this.#takeScan(event);
    }
  }

  /**
   * The focus moves while the key goes down, so that the browser writes its character into the input.
   *
   * @param {KeyboardEvent} event
   */
  #takeScan(event) {
    const goesOn = event.timeStamp - this.#lastStep < SAME_SCAN_MS;
    if (ROW_KEYS.includes(event.key) && document.querySelector("[data-keyboard-list]")) {
      this.#steps = goesOn ? this.#steps + event.key : event.key;
      this.#lastStep = event.timeStamp;
      return;
    }
    const input = this.#input;
    if (!input || event.key === " ") {
      return;
    }
    input.value = goesOn ? this.#steps : "";
    this.#steps = "";
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    this.#isScan = true;
  }

  /** @param {KeyboardEvent} event */
  #editInside(event) {
    const input = this.#input;
    if (!input || event.target !== input) {
      return;
    }
    if (event.ctrlKey && event.key === "]") {
      event.preventDefault();
      input.setRangeText(GROUP_SEPARATOR, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    } else if (event.key === "Tab" && !event.shiftKey && this.#isScan && input.value) {
      event.preventDefault();
      input.form?.requestSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#isScan = false;
      if (input.value) {
        input.value = "";
      } else {
        input.blur();
      }
    }
  }
}

/** @returns {boolean} whether keys go nowhere in particular: to the page itself, or to a row reached by j and k */
function nothingHasFocus() {
  const at = document.activeElement;
  return !at || at === document.body || at.id === "main" || at.closest("[data-keyboard-list]") !== null;
}

customElements.define("find-box", FindBox);
