// @ts-check

const GROUP_SEPARATOR = "\u001d";

/**
 * `<scan-form>` around a form that is filled in by a scanner, which ends each scan with Enter. Enter goes on to the next
 * field that must be filled in and is empty; with none left it sends the form, as always. The group separator inside a
 * GS1 code, which a scanner sends as Ctrl+] and browsers drop, is kept.
 */
class ScanForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", takeKey);
  }
}

/** @param {KeyboardEvent} event */
function takeKey(event) {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.form || event.isComposing) {
    return;
  }
  if (event.ctrlKey && event.key === "]") {
    event.preventDefault();
    input.setRangeText(GROUP_SEPARATOR, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
  } else if (event.key === "Enter") {
    const empty = input.value ? nextEmpty(input.form) : null;
    if (empty) {
      event.preventDefault();
      empty.focus();
    }
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLInputElement | null} the first field that must be filled in and is not
 */
function nextEmpty(form) {
  for (const one of form.elements) {
    if (one instanceof HTMLInputElement && one.required && one.value === "") {
      return one;
    }
  }
  return null;
}

customElements.define("scan-form", ScanForm);
