// @ts-check

/**
 * `<drill-clock data-seconds="125">` around a `<time>`: goes on counting from the seconds that the server told, by a clock of
 * the browser that nobody can set. Without `data-seconds` it stands still, because the scope is settled.
 */
class DrillClock extends HTMLElement {
  /** @type {number | undefined} */
  #timer;

  connectedCallback() {
    const told = Number(this.dataset["seconds"] ?? Number.NaN);
    const time = this.querySelector("time");
    if (!time || Number.isNaN(told)) {
      return;
    }
    const began = performance.now();
    this.#timer = window.setInterval(() => {
      time.textContent = clock(told + (performance.now() - began) / 1000);
    }, 1000);
  }

  disconnectedCallback() {
    window.clearInterval(this.#timer);
  }
}

/**
 * @param {number} seconds
 * @returns {string} hh:mm:ss; hours go on beyond 24
 */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

customElements.define("drill-clock", DrillClock);
