// @ts-check

const LONGEST = 1280;
const EVERY_MS = 350;

/**
 * `<camera-scan data-frames="…">` around a button, a video and an input that takes a picture. Reads codes with the camera: by
 * the browser where it can, else by the server, to which it sends grey pictures. What was read goes to the page as the
 * event `asbuilt:scanned`. Without TLS a browser gives nobody its camera; there the button takes one picture at a time.
 */
class CameraScan extends HTMLElement {
  /** @type {MediaStream | undefined} */
  #stream;
  /** @type {BarcodeDetector | undefined} */
  #detector;

  connectedCallback() {
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", () => (this.#stream ? this.#stop() : this.#start()));
    this.#picture?.addEventListener("change", () => this.#taken());
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #picture() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"));
  }

  get #video() {
    return /** @type {HTMLVideoElement} */ (this.querySelector("video"));
  }

  async #start() {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#picture?.click();
      return;
    }
    const wanted = { video: { facingMode: "environment", width: { ideal: LONGEST } } };
    this.#stream = await navigator.mediaDevices.getUserMedia(wanted).catch(() => undefined);
    if (!this.#stream) {
      this.#say(this.dataset.refused ?? "");
      return;
    }
    this.#detector = "BarcodeDetector" in window ? new BarcodeDetector() : undefined;
    this.#video.srcObject = this.#stream;
    this.#video.hidden = false;
    this.#say(this.dataset.hold ?? "");
    await this.#video.play();
    this.#look();
  }

  #stop() {
    for (const track of this.#stream?.getTracks() ?? []) {
      track.stop();
    }
    this.#stream = undefined;
    this.#video.hidden = true;
    this.#say("");
  }

  /** Look at one picture after the other until something is read. */
  async #look() {
    while (this.#stream) {
      const text = await this.#read(this.#video, this.#video.videoWidth, this.#video.videoHeight);
      if (text && this.#stream) {
        this.#stop();
        this.#tell(text);
        return;
      }
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
  }

  async #taken() {
    const [file] = this.#picture?.files ?? [];
    if (!file || !this.#picture) {
      return;
    }
    this.#picture.value = "";
    const picture = await createImageBitmap(file).catch(() => undefined);
    const text = picture ? await this.#read(picture, picture.width, picture.height) : "";
    if (text) {
      this.#say("");
      this.#tell(text);
    } else {
      this.#say(this.dataset.nothing ?? "");
    }
  }

  /**
   * @param {HTMLVideoElement | ImageBitmap} source
   * @param {number} width
   * @param {number} height
   * @returns {Promise<string>} what is read, nothing where that is nothing or several things
   */
  async #read(source, width, height) {
    if (!width || !height) {
      return "";
    }
    if (this.#detector) {
      const seen = await this.#detector.detect(source).catch(() => []);
      return seen.length === 1 ? (seen[0]?.rawValue ?? "") : "";
    }
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) {
      return "";
    }
    pen.drawImage(source, 0, 0, canvas.width, canvas.height);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const grey = new Uint8Array(canvas.width * canvas.height).map((_, place) => {
      const at = place * 4;
      return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    });
    const mark = document.querySelector("[name=csrfmiddlewaretoken]");
    const answer = await fetch(`${this.dataset.frames}?width=${canvas.width}&height=${canvas.height}`, {
      method: "POST",
      body: grey,
      headers: { "X-CSRFToken": mark instanceof HTMLInputElement ? mark.value : "" },
    }).catch(() => undefined);
    const told = await answer?.json().catch(() => undefined);
    if (answer && !answer.ok && told?.problem) {
      this.#stop();
      this.#say(told.problem);
    }
    return told?.texts?.length === 1 ? told.texts[0] : "";
  }

  /** @param {string} text */
  #tell(text) {
    document.dispatchEvent(new CustomEvent("asbuilt:scanned", { detail: text }));
  }

  /** @param {string} text */
  #say(text) {
    const said = this.querySelector("[role=status]");
    if (said) {
      said.textContent = text;
    }
  }
}

customElements.define("camera-scan", CameraScan);
