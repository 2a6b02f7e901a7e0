// @ts-check

/**
 * `<board-watch data-pulse="5" data-live>` around the leaf of a board that htmx swaps. Times are shown on the clock of this
 * desk. When the server stops answering it says since when the board is stale: since the last answer, not since the failure.
 */
class BoardWatch extends HTMLElement {
  /** @type {AbortController | undefined} */
  #connection;
  /** @type {number | undefined} */
  #timer;
  #answeredAt = 0;

  connectedCallback() {
    const connection = new AbortController();
    this.#connection = connection;
    this.#answered();
    if (!("live" in this.dataset)) {
      return;
    }
    const { signal } = connection;
    this.addEventListener("htmx:afterSwap", () => this.#answered(), { signal });
    for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
      this.addEventListener(failure, () => this.#stale(true), { signal });
    }
    const pulse = Number(this.dataset["pulse"] ?? "5") * 1000;
    this.#timer = window.setInterval(() => {
      if (Date.now() - this.#answeredAt > 3 * pulse) {
        this.#stale(true);
      }
    }, pulse);
  }

  disconnectedCallback() {
    this.#connection?.abort();
    window.clearInterval(this.#timer);
  }

  #answered() {
    this.#answeredAt = Date.now();
    this.#stale(false);
    for (const time of this.querySelectorAll("time.board-clock")) {
      const moment = new Date(time.getAttribute("datetime") ?? "");
      if (!Number.isNaN(moment.getTime())) {
        time.textContent = clock(moment);
      }
    }
  }

  /** @param {boolean} isStale */
  #stale(isStale) {
    const note = this.querySelector(".board-stale");
    const since = this.querySelector(".board-stale-since");
    if (!(note instanceof HTMLElement) || !since) {
      return;
    }
    if (isStale && note.hidden) {
      since.textContent = clock(new Date(this.#answeredAt));
    }
    note.hidden = !isStale;
    this.classList.toggle("is-stale", isStale);
  }
}

/**
 * @param {Date} moment
 * @returns {string} hh:mm:ss on the clock of this desk, as its page is written
 */
function clock(moment) {
  const language = document.documentElement.lang || undefined;
  return new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23" }).format(moment);
}

customElements.define("board-watch", BoardWatch);
