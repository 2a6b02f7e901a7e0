// @ts-check

/** `<toast-note>` with a button inside: the button takes the note away. */
class ToastNote extends HTMLElement {
  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", () => this.remove());
  }
}

customElements.define("toast-note", ToastNote);
