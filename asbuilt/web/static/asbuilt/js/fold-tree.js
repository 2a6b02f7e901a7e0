// @ts-check

/**
 * `<fold-tree>` around nested lists of `<details>`: arrow keys go through the rows as in any tree. Down and up move to the
 * next and the previous row, right opens a branch or goes into it, left closes it or goes to the one it lies in.
 */
class FoldTree extends HTMLElement {
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    this.addEventListener("keydown", (event) => this.#move(event), { signal: this.#listening.signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const at = event.target;
    if (!(at instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    }
    const moved = this.#moveTo(event.key, at);
    if (moved) {
      event.preventDefault();
    }
  }

  /**
   * @param {string} key
   * @param {HTMLElement} at
   * @returns {boolean} whether the key meant anything here
   */
  #moveTo(key, at) {
    const summary = at.closest("summary");
    const branch = summary?.parentElement instanceof HTMLDetailsElement ? summary.parentElement : null;
    switch (key) {
      case "ArrowDown":
        return this.#step(at, 1);
      case "ArrowUp":
        return this.#step(at, -1);
      case "ArrowRight":
        if (branch && !branch.open) {
          branch.open = true;
          return true;
        }
        return branch ? this.#step(at, 1) : false;
      case "ArrowLeft":
        if (branch?.open) {
          branch.open = false;
          summary?.focus();
          return true;
        }
        return this.#leave(at);
      default:
        return false;
    }
  }

  /**
   * @param {HTMLElement} at
   * @param {1 | -1} by
   */
  #step(at, by) {
    const stops = this.#stops();
    const row = at.closest(".tree-row, .tree-note") ?? at;
    const index = stops.findIndex((stop) => (stop.closest(".tree-row, .tree-note") ?? stop) === row);
    stops[index + by]?.focus();
    return index !== -1;
  }

  /**
   * The branch in which a row lies gets the focus.
   * @param {HTMLElement} at
   */
  #leave(at) {
    const own = at.closest("summary")?.parentElement ?? at;
    const outer = own.parentElement?.closest("details");
    outer?.querySelector("summary")?.focus();
    return outer !== null && outer !== undefined;
  }

  /** @returns {HTMLElement[]} the first thing that takes the focus in each visible row */
  #stops() {
    const rows = this.querySelectorAll(".tree-row, .tree-note");
    return [...rows].flatMap((row) => {
      const stop = row.matches("summary") ? row : row.querySelector("a");
      return stop instanceof HTMLElement && stop.checkVisibility() ? [stop] : [];
    });
  }
}

customElements.define("fold-tree", FoldTree);
