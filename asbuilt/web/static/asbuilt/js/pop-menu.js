// @ts-check

/** `<pop-menu>` around a `<details class="menu">`: Escape or a press elsewhere closes it. */
class PopMenu extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("pointerdown", (event) => this.#closeUnlessInside(event), { signal });
    this.addEventListener("focusout", (event) => this.#closeWhenLeft(event), { signal });
    this.addEventListener("keydown", (event) => this.#closeByKey(event), { signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get #details() {
    return this.querySelector("details");
  }

  #close() {
    this.#details?.removeAttribute("open");
  }

  /** @param {PointerEvent} event */
  #closeUnlessInside(event) {
    if (!event.composedPath().includes(this)) {
      this.#close();
    }
  }

  /** @param {FocusEvent} event */
  #closeWhenLeft(event) {
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) {
      this.#close();
    }
  }

  /** @param {KeyboardEvent} event */
  #closeByKey(event) {
    if (event.key === "Escape" && this.#details?.open) {
      this.#close();
      this.querySelector("summary")?.focus();
    }
  }
}

customElements.define("pop-menu", PopMenu);
