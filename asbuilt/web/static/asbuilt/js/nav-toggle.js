// @ts-check

/** `<nav-toggle>` around a button with `aria-controls`: opens and closes the navigation on narrow screens. */
class NavToggle extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const navigation = document.getElementById(button?.getAttribute("aria-controls") ?? "");
    button?.addEventListener("click", () => {
      const open = navigation?.classList.toggle("is-open") ?? false;
      button.setAttribute("aria-expanded", String(open));
    });
  }
}

customElements.define("nav-toggle", NavToggle);
