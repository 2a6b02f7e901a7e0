// @ts-check
import { isTyping } from "./typing.js";

const GROUP_SEPARATOR = "\u001d";
const SPELLED_SEPARATORS = /<GS>|\{GS\}/gi;
const QUEUE = `asbuilt-station${location.pathname}`;
const REFUSED = `${QUEUE}#refused`;
const DRAIN_MS = 5000;
const SHOWN = 8;
const TONES = { ok: [880, 0.12], stop: [196, 0.5], saved: [440, 0.25] };

/** @typedef {{ action: string, body: string, text: string, isScan: boolean, isLate: boolean, by?: string }} Kept */

/**
 * `<station-page>` around the panel of a station. A scan works with nothing focused; every form goes to the server, whose
 * answer takes the place of the panel. What cannot be sent is kept, in order, and sent by itself as soon as the server
 * answers; until then nothing is green. What is then refused stays on the page until somebody has dealt with it. What one
 * person has scanned is sent only while that person is signed on; badges and PINs are never kept.
 */
class StationPage extends HTMLElement {
  #scan = "";
  #altDigits = "";
  #isSending = false;
  /** @type {AudioContext | undefined} */
  #audio;
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("keydown", (event) => this.#takeKey(event), { signal });
    document.addEventListener("keyup", (event) => this.#endAlt(event), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("input", markOutside, { signal });
    this.addEventListener("click", typeDigit, { signal });
    document.addEventListener("asbuilt:scanned", (event) => this.#take(/** @type {CustomEvent} */ (event).detail), { signal });
    window.addEventListener("online", () => this.#drain(), { signal });
    document.querySelector("#station-seen")?.addEventListener("click", () => this.#forgetRefused(), { signal });
    const timer = setInterval(() => this.#drain(), DRAIN_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    this.#showWaiting();
    this.#showRefused();
    this.#drain();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get #panel() {
    return /** @type {HTMLElement} */ (this.querySelector("#station-panel"));
  }

  get #work() {
    return /** @type {HTMLElement} */ (this.querySelector(".station-work"));
  }

  /** @returns {string} who works here, as the server has said */
  get #by() {
    return this.#work.dataset.by ?? "";
  }

  /** @param {KeyboardEvent} event */
  #takeKey(event) {
    const isSeparator = (event.ctrlKey && event.key === "]") || event.key === GROUP_SEPARATOR;
    const input = event.composedPath()[0];
    if (isTyping(event)) {
      if (isSeparator && input instanceof HTMLInputElement) {
        event.preventDefault();
        input.setRangeText(GROUP_SEPARATOR, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
      }
      return;
    }
    if (isSeparator) {
      event.preventDefault();
      this.#scan += GROUP_SEPARATOR;
    } else if (event.altKey && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      this.#altDigits += event.key;
    } else if ((event.key === "Enter" || event.key === "Tab") && this.#scan) {
      event.preventDefault();
      this.#take(this.#scan);
      this.#scan = "";
    } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (event.key !== " " || this.#scan) {
        event.preventDefault();
        this.#scan += event.key;
      }
    }
  }

  /** @param {KeyboardEvent} event a scanner that holds Alt while it types 029 means the group separator */
  #endAlt(event) {
    if (event.key === "Alt" && this.#altDigits) {
      const code = Number(this.#altDigits);
      this.#altDigits = "";
      if (code === 29) {
        this.#scan += GROUP_SEPARATOR;
      }
    }
  }

  /** @param {string} text */
  #take(text) {
    const pad = /^[0-9]{4,12}$/.test(text) ? this.querySelector("#station-pin") : null;
    const form = /** @type {HTMLFormElement} */ (pad ?? this.querySelector("#station-scan"));
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(pad ? "pin" : "text"));
    input.value = text;
    form.requestSubmit();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) {
      return;
    }
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      body.set(name, String(value));
    }
    if (event.submitter instanceof HTMLButtonElement && event.submitter.name) {
      body.set(event.submitter.name, event.submitter.value);
    }
    if (form.hasAttribute("data-direct")) {
      form.reset();
      this.#sendNow(form.action, body);
      return;
    }
    const text = (body.get("text") ?? body.get("unit") ?? "").replace(SPELLED_SEPARATORS, GROUP_SEPARATOR);
    if (form.id === "station-scan") {
      if (!text) {
        return;
      }
      body.set("text", text);
      form.reset();
    }
    body.set("key", newKey());
    body.set("at", new Date().toISOString());
    const isLate = this.hasAttribute("data-is-off");
    const by = this.#by;
    body.set("by", by);
    const kept = { action: form.action, body: body.toString(), text, isScan: form.id === "station-scan", isLate, by };
    write(QUEUE, [...read(QUEUE), kept]);
    this.#showWaiting();
    this.#drain();
  }

  /**
   * Send what is not kept: a badge or a PIN, which mean something now and here.
   *
   * @param {string} action
   * @param {URLSearchParams} body
   */
  async #sendNow(action, body) {
    let answer;
    try {
      answer = await fetch(action, { method: "POST", body, headers: { "HX-Request": "true" } });
    } catch {
      answer = undefined;
    }
    if (!answer?.ok) {
      this.#chip(this.dataset.offline ?? "", true);
      this.#say(this.dataset.noSignOn ?? "");
      this.#sound("stop");
      return;
    }
    this.#online();
    this.#show(await answer.text());
    this.#sound(this.#work.dataset.tone ?? "stop");
    this.#drain();
  }

  /** @param {string} markup the panel, as the server has answered */
  #show(markup) {
    const answered = new DOMParser().parseFromString(markup, "text/html");
    this.#panel.replaceChildren(...answered.body.children);
    const who = /** @type {HTMLElement | null} */ (document.querySelector("#station-who"));
    const off = /** @type {HTMLElement | null} */ (document.querySelector("#station-sign-off"));
    if (who && off) {
      const isByBadge = "byBadge" in this.#work.dataset;
      who.hidden = !this.#by;
      if (isByBadge || !off.hidden) {
        who.textContent = this.#work.dataset.who ?? "";
      }
      off.hidden = !isByBadge;
    }
  }

  /** @param {string} text */
  #say(text) {
    const said = this.querySelector(".verdict-text");
    if (said) {
      said.textContent = text;
    }
  }

  /** @returns {Kept | undefined} what waits the longest of what who works here has scanned */
  #next() {
    return read(QUEUE).find((one) => !one.by || one.by === this.#by);
  }

  /** Send what waits, in its order, until the server does not answer. */
  async #drain() {
    if (this.#isSending) {
      return;
    }
    this.#isSending = true;
    try {
      for (let first = this.#next(); first; first = this.#next()) {
        const { body } = first;
        if (!(await this.#send(first))) {
          break;
        }
        write(QUEUE, read(QUEUE).filter((one) => one.body !== body));
        this.#showWaiting();
      }
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * @param {Kept} kept
   * @returns {Promise<boolean>} whether the server answered
   */
  async #send(kept) {
    const body = new URLSearchParams(kept.body);
    // The mark of the forms is another after the next login.
    const mark = this.querySelector("[name=csrfmiddlewaretoken]");
    if (mark instanceof HTMLInputElement) {
      body.set(mark.name, mark.value);
    }
    if (kept.isScan) {
      body.set("unit", this.#work.dataset.unit ?? "");
    }
    let answer;
    try {
      answer = await fetch(kept.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
    } catch {
      answer = undefined;
    }
    if (!answer || answer.status >= 500 || answer.status === 429) {
      this.#saved(kept);
      return false;
    }
    if (!answer.ok) {
      this.#saved(kept, this.dataset.login);
      return false;
    }
    this.#online();
    this.#show(await answer.text());
    const shown = this.#work;
    const tone = shown.dataset.tone ?? "stop";
    if ("signOn" in shown.dataset && !("badge" in shown.dataset)) {
      this.#sound(tone);
      return false;
    }
    this.#sound(tone);
    if (!("badge" in shown.dataset)) {
      this.#log(kept, shown);
    }
    if (kept.isLate && tone === "stop") {
      this.#keepRefused(kept, shown);
    }
    return true;
  }

  /**
   * @param {Kept} kept
   * @param {string} [why]
   */
  #saved(kept, why) {
    if (this.getAttribute("data-is-off") !== kept.body) {
      this.#sound("saved");
    }
    this.setAttribute("data-is-off", kept.body);
    write(QUEUE, read(QUEUE).map((one) => ({ ...one, isLate: true })));
    const verdict = this.querySelector(".verdict");
    if (verdict) {
      verdict.className = "verdict is-saved";
      verdict.replaceChildren(
        line("verdict-word", this.dataset.saved ?? ""),
        line("verdict-serial", read(QUEUE).at(-1)?.text ?? kept.text),
        line("verdict-text", why ?? this.dataset.savedText ?? ""),
      );
    }
    this.#chip(this.dataset.offline ?? "", true);
    this.#showWaiting();
  }

  #online() {
    this.removeAttribute("data-is-off");
    this.#chip(this.dataset.online ?? "", false);
  }

  /**
   * @param {string} word
   * @param {boolean} isOff
   */
  #chip(word, isOff) {
    const chip = document.querySelector("#station-link");
    if (chip && chip.textContent !== word) {
      chip.textContent = word;
    }
    chip?.classList.toggle("is-off", isOff);
  }

  #showWaiting() {
    const chip = /** @type {HTMLElement | null} */ (document.querySelector("#station-waiting"));
    const waiting = read(QUEUE);
    const others = new Set(waiting.map((one) => one.by ?? "").filter((by) => by && by !== this.#by));
    if (chip) {
      chip.hidden = waiting.length === 0;
      chip.textContent = (this.dataset.waiting ?? "").replace("{count}", String(waiting.length));
      if (others.size > 0) {
        chip.textContent += `: ${[...others].join(", ")}`;
      }
    }
  }

  /**
   * @param {Kept} kept
   * @param {HTMLElement} shown
   */
  #log(kept, shown) {
    const list = this.querySelector("#station-last");
    const time = new Date(new URLSearchParams(kept.body).get("at") ?? "").toLocaleTimeString();
    list?.prepend(line("", `${time} ${shown.dataset.said ?? ""} ${shown.dataset.title || kept.text}`, "li"));
    while (list && list.children.length > SHOWN) {
      list.lastElementChild?.remove();
    }
  }

  /**
   * @param {Kept} kept
   * @param {HTMLElement} shown
   */
  #keepRefused(kept, shown) {
    const why = shown.querySelector(".verdict-reasons, .verdict-text")?.textContent?.trim() ?? "";
    write(REFUSED, [...read(REFUSED), { ...kept, text: `${kept.text}: ${why}` }]);
    this.#showRefused();
  }

  #showRefused() {
    const section = /** @type {HTMLElement | null} */ (document.querySelector("#station-refused"));
    const refused = read(REFUSED);
    if (section) {
      section.hidden = refused.length === 0;
      section.querySelector("ol")?.replaceChildren(...refused.map((one) => line("", one.text, "li")));
    }
  }

  #forgetRefused() {
    write(REFUSED, []);
    this.#showRefused();
  }

  /** @param {string} tone */
  #sound(tone) {
    const [pitch, length] = TONES[/** @type {keyof typeof TONES} */ (tone)] ?? [];
    if (!pitch || !length || !window.AudioContext || navigator.userActivation?.hasBeenActive === false) {
      return;
    }
    this.#audio ??= new AudioContext();
    const beep = this.#audio.createOscillator();
    beep.frequency.value = pitch;
    beep.connect(this.#audio.destination);
    beep.start();
    beep.stop(this.#audio.currentTime + length);
  }
}

/** @param {Event} event a digit of the pad for the PIN, or the last one taken back */
function typeDigit(event) {
  const key = event.target instanceof Element ? event.target.closest("[data-digit]") : null;
  const typed = /** @type {HTMLInputElement | null} */ (document.querySelector("#station-pin-typed"));
  if (key instanceof HTMLElement && typed) {
    typed.value = key.dataset.digit ? typed.value + key.dataset.digit : typed.value.slice(0, -1);
  }
}

/** @param {Event} event a value outside its limits is marked while it is typed; the server judges it */
function markOutside(event) {
  const input = event.target;
  if (input instanceof HTMLInputElement && input.classList.contains("is-value")) {
    const value = Number(input.value.replace(",", "."));
    const { least, most } = input.dataset;
    const isOutside = (least !== undefined && value < Number(least)) || (most !== undefined && value > Number(most));
    input.classList.toggle("is-outside", input.value !== "" && isOutside);
    input.setAttribute("aria-invalid", String(input.value !== "" && isOutside));
  }
}

/** @returns {string} a UUID, made without crypto.randomUUID, which plain http does not have */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)).map((one, place) => {
    if (place === 6) {
      return (one & 0x0f) | 0x40;
    }
    return place === 8 ? (one & 0x3f) | 0x80 : one;
  });
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * @param {string} place
 * @returns {Kept[]}
 */
function read(place) {
  return JSON.parse(localStorage.getItem(place) ?? "[]");
}

/**
 * @param {string} place
 * @param {Kept[]} kept
 */
function write(place, kept) {
  localStorage.setItem(place, JSON.stringify(kept));
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [tag]
 * @returns {HTMLElement}
 */
function line(name, text, tag = "p") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

customElements.define("station-page", StationPage);
