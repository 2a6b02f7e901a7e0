// @ts-check

const KEY = "asbuilt-theme";

/**
 * `<theme-switch>` around radio buttons named `theme` with the values light, dark and system. Keeps the choice in this
 * browser; theme-before-paint.js applies it, here and in other tabs. Hidden until it works.
 */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    const choice = localStorage.getItem(KEY) ?? "system";
    for (const radio of this.#radios()) {
      radio.checked = radio.value === choice;
      radio.addEventListener("change", () => this.#choose(radio.value));
    }
    this.hidden = false;
  }

  #radios() {
    return this.querySelectorAll(/** @type {"input"} */ ("input[type=radio]"));
  }

  /** @param {string} choice */
  #choose(choice) {
    if (choice === "system") {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, choice);
    }
    document.dispatchEvent(new Event("asbuilt:theme"));
  }
}

customElements.define("theme-switch", ThemeSwitch);
