// @ts-check

import { LEVEL, NUMBER, PAGE, READABLE, STATUS, TITLE, X, Y, drawLinks, drawThings } from "./graph-drawing.js";

/** @typedef {import("./graph-drawing.js").Drawing} Drawing */

const LARGEST = 2.5;
const STEP = 1.25;
const MARGIN = 40;
const REST_MS = 120;

/**
 * `<genealogy-graph data-source="…">` around a canvas, a search box, buttons and a line that says what is chosen. Fetches
 * the drawing, which the server has laid out, and draws what of it is in sight: drag, wheel or pinch to move and to come
 * nearer; with the canvas focused the arrows go from thing to thing along the links, + and - change the size, Enter opens.
 */
class GenealogyGraph extends HTMLElement {
  /** @type {Drawing} */
  #drawing = { root: 0, width: 1, height: 1, things: [], links: [] };
  /** @type {number[][]} */
  #above = [];
  /** @type {number[][]} */
  #below = [];
  #scale = 1;
  #left = 0;
  #top = 0;
  #chosen = -1;
  /** @type {Set<number>} */
  #along = new Set();
  #isDrawingSoon = false;
  /** @type {number | undefined} the drawing moves, and is drawn whole when it rests */
  #rest;
  /** @type {Map<number, PointerEvent>} */
  #fingers = new Map();
  #moved = 0;
  /** @type {AbortController | undefined} */
  #listening;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const answer = await fetch(this.dataset.source ?? "", { signal }).catch(() => undefined);
    if (!answer?.ok) {
      this.#say(this.dataset.missing ?? "");
      return;
    }
    this.#drawing = await answer.json();
    this.#link();
    this.hidden = false;
    this.#listen(signal);
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    this.#fit();
    this.#choose(this.#drawing.root, false);
    // Once it is painted: what was asked for before comes first.
    requestAnimationFrame(() => {
      this.dataset.ready = "";
    });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get #canvas() {
    return /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
  }

  #link() {
    const { things, links } = this.#drawing;
    this.#above = things.map(() => []);
    this.#below = things.map(() => []);
    for (let place = 0; place < links.length; place += 3) {
      const above = links[place] ?? 0;
      const below = links[place + 1] ?? 0;
      this.#below[above]?.push(below);
      this.#above[below]?.push(above);
    }
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const canvas = this.#canvas;
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.#release(/** @type {PointerEvent} */ (event)), { signal });
    }
    canvas.addEventListener("dblclick", () => this.#open(), { signal });
    canvas.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.querySelector("form")?.addEventListener("submit", (event) => this.#search(event), { signal });
    this.addEventListener("click", (event) => this.#pressButton(event), { signal });
    document.addEventListener("asbuilt:theme", () => setTimeout(() => this.#draw()), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.#draw()), { signal });
  }

  /** @param {Event} event */
  #pressButton(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    const wanted = button instanceof HTMLElement ? button.dataset.do : "";
    if (wanted === "fit") {
      this.#fit();
    } else if (wanted === "nearer" || wanted === "farther") {
      this.#zoom(wanted === "nearer" ? STEP : 1 / STEP);
    }
  }

  /**
   * @param {number} by
   * @param {number} [x] the point that stays where it is, in pixels of the canvas
   * @param {number} [y]
   */
  #zoom(by, x = this.#canvas.clientWidth / 2, y = this.#canvas.clientHeight / 2) {
    const scale = Math.min(LARGEST, Math.max(this.#smallest(), this.#scale * by));
    this.#left = x - ((x - this.#left) * scale) / this.#scale;
    this.#top = y - ((y - this.#top) * scale) / this.#scale;
    this.#scale = scale;
    this.#drawMoved();
  }

  /** @returns {{ left: number, top: number, width: number, height: number }} what the drawing takes, at full size */
  #extent() {
    const { things, width, height } = this.#drawing;
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const thing of things) {
      box.left = Math.min(box.left, thing[X] - width / 2);
      box.right = Math.max(box.right, thing[X] + width / 2);
      box.top = Math.min(box.top, thing[Y] - height / 2);
      box.bottom = Math.max(box.bottom, thing[Y] + height / 2);
    }
    return { left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top };
  }

  #smallest() {
    const { width, height } = this.#extent();
    const { clientWidth, clientHeight } = this.#canvas;
    return Math.min(1, (clientWidth - MARGIN) / width, (clientHeight - MARGIN) / height);
  }

  #fit() {
    const { left, top, width, height } = this.#extent();
    this.#scale = this.#smallest();
    this.#left = this.#canvas.clientWidth / 2 - (left + width / 2) * this.#scale;
    this.#top = this.#canvas.clientHeight / 2 - (top + height / 2) * this.#scale;
    this.#drawSoon();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.#zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, event);
    this.#moved = 0;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) {
      const under = this.#at(event.offsetX, event.offsetY);
      this.#canvas.title = under < 0 ? "" : this.#told(under);
      return;
    }
    const [first, second] = [...this.#fingers.values()];
    this.#fingers.set(event.pointerId, event);
    if (first && second) {
      const other = first.pointerId === event.pointerId ? second : first;
      const was = Math.hypot(before.offsetX - other.offsetX, before.offsetY - other.offsetY);
      const is = Math.hypot(event.offsetX - other.offsetX, event.offsetY - other.offsetY);
      this.#zoom(is / Math.max(was, 1), (event.offsetX + other.offsetX) / 2, (event.offsetY + other.offsetY) / 2);
      return;
    }
    this.#left += event.offsetX - before.offsetX;
    this.#top += event.offsetY - before.offsetY;
    this.#moved += Math.abs(event.offsetX - before.offsetX) + Math.abs(event.offsetY - before.offsetY);
    this.#drawMoved();
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const isTap = this.#fingers.size === 1 && this.#moved < 6 && event.type === "pointerup";
    this.#fingers.delete(event.pointerId);
    const under = isTap ? this.#at(event.offsetX, event.offsetY) : -1;
    if (under >= 0) {
      this.#choose(under, false);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const next = { ArrowLeft: () => this.#above, ArrowRight: () => this.#below }[event.key];
    if (next) {
      this.#choose(this.#nearest(next()[this.#chosen] ?? []), true);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.#choose(this.#beside(event.key === "ArrowDown" ? 1 : -1), true);
    } else if (event.key === "Enter") {
      this.#open();
    } else if (event.key === "+" || event.key === "-") {
      this.#zoom(event.key === "+" ? STEP : 1 / STEP);
    } else if (event.key === "0") {
      this.#fit();
    } else {
      return;
    }
    event.preventDefault();
  }

  /**
   * @param {number[]} places
   * @returns {number} of some things the one nearest to what is chosen, -1 when there is none
   */
  #nearest(places) {
    const here = this.#drawing.things[this.#chosen];
    let found = -1;
    let least = Infinity;
    for (const place of places) {
      const thing = this.#drawing.things[place];
      const distance = here && thing ? Math.hypot(thing[X] - here[X], thing[Y] - here[Y]) : Infinity;
      if (distance < least) {
        found = place;
        least = distance;
      }
    }
    return found;
  }

  /**
   * @param {number} step 1: the next one of the layer, -1: the one before
   * @returns {number}
   */
  #beside(step) {
    const { things } = this.#drawing;
    const here = things[this.#chosen];
    if (!here) {
      return -1;
    }
    const layer = things.map((_, place) => place).filter((place) => things[place]?.[LEVEL] === here[LEVEL]);
    layer.sort((one, other) => {
      const [a, b] = [things[one], things[other]];
      return a && b ? a[X] - b[X] || a[Y] - b[Y] : 0;
    });
    return layer[layer.indexOf(this.#chosen) + step] ?? -1;
  }

  /** @param {SubmitEvent} event */
  #search(event) {
    event.preventDefault();
    const input = this.querySelector("form input");
    const text = input instanceof HTMLInputElement ? input.value.trim().toLowerCase() : "";
    const { things } = this.#drawing;
    for (let step = 1; text && step <= things.length; step += 1) {
      const place = (this.#chosen + step) % things.length;
      const thing = things[place];
      if (thing && `${thing[NUMBER]} ${thing[TITLE]}`.toLowerCase().includes(text)) {
        this.#choose(place, true);
        return;
      }
    }
    this.#say((this.dataset.nothing ?? "").replace("{text}", text));
  }

  /**
   * @param {number} place
   * @param {boolean} isShown whether it comes to the middle, at a size at which it is read
   */
  #choose(place, isShown) {
    const thing = this.#drawing.things[place];
    if (!thing) {
      return;
    }
    this.#chosen = place;
    const along = new Set([...follow(place, this.#above), ...follow(place, this.#below)]);
    this.#along = along.size < this.#drawing.things.length ? along : new Set();
    if (isShown) {
      this.#scale = Math.max(this.#scale, READABLE * 1.3);
      this.#left = this.#canvas.clientWidth / 2 - thing[X] * this.#scale;
      this.#top = this.#canvas.clientHeight / 2 - thing[Y] * this.#scale;
    }
    this.#say(this.#told(place));
    const link = this.querySelector("a[data-open]");
    if (link instanceof HTMLAnchorElement) {
      link.hidden = !thing[PAGE];
      link.href = thing[PAGE];
      link.textContent = thing[NUMBER];
    }
    this.#drawSoon();
  }

  #open() {
    const page = this.#drawing.things[this.#chosen]?.[PAGE];
    if (page) {
      location.assign(page);
    }
  }

  /**
   * @param {number} place
   * @returns {string}
   */
  #told(place) {
    const thing = this.#drawing.things[place];
    if (!thing) {
      return "";
    }
    const counts = (this.dataset.counts ?? "")
      .replace("{above}", String(this.#above[place]?.length ?? 0))
      .replace("{below}", String(this.#below[place]?.length ?? 0));
    return `${thing[NUMBER]}, ${thing[TITLE]}, ${thing[STATUS]}. ${counts}`;
  }

  /** @param {string} text */
  #say(text) {
    const said = this.querySelector("[aria-live]") ?? document.querySelector("#graph-said");
    if (said) {
      said.textContent = text;
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {number} what is drawn there, -1: nothing
   */
  #at(x, y) {
    const { things, width, height } = this.#drawing;
    const [across, down] = [(x - this.#left) / this.#scale, (y - this.#top) / this.#scale];
    return things.findIndex((one) => Math.abs(one[X] - across) <= width / 2 && Math.abs(one[Y] - down) <= height / 2);
  }

  #drawMoved() {
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#rest = undefined;
      this.#draw();
    }, REST_MS);
    this.#drawSoon();
  }

  #drawSoon() {
    if (!this.#isDrawingSoon) {
      this.#isDrawingSoon = true;
      requestAnimationFrame(() => {
        this.#isDrawingSoon = false;
        this.#draw();
      });
    }
  }

  #draw() {
    const canvas = this.#canvas;
    const pen = canvas.getContext("2d");
    if (!pen || !canvas.clientWidth) {
      return;
    }
    const dots = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * dots), Math.round(canvas.clientHeight * dots)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const style = getComputedStyle(this);
    /** @param {string} name @returns {string} */
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colour("surface");
    pen.fillRect(0, 0, width, height);
    pen.setTransform(this.#scale * dots, 0, 0, this.#scale * dots, this.#left * dots, this.#top * dots);
    const view = {
      ...this.#drawing,
      scale: this.#scale,
      left: -this.#left / this.#scale,
      top: -this.#top / this.#scale,
      right: (canvas.clientWidth - this.#left) / this.#scale,
      bottom: (canvas.clientHeight - this.#top) / this.#scale,
      chosen: this.#chosen,
      along: this.#along,
      isMoving: this.#rest !== undefined,
      colour,
      font: style.getPropertyValue("--mono"),
    };
    drawLinks(pen, view);
    drawThings(pen, view);
  }
}

/**
 * @param {number} start
 * @param {number[][]} links
 * @returns {Set<number>} what the links lead to, with the start
 */
function follow(start, links) {
  const found = new Set([start]);
  for (const one of found) {
    for (const other of links[one] ?? []) {
      found.add(other);
    }
  }
  return found;
}

customElements.define("genealogy-graph", GenealogyGraph);
