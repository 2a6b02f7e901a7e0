// @ts-check

/**
 * `<local-time>` around a `<time datetime>`. The server writes times with the zone in which they happened; the title adds
 * what the clock on this desk showed.
 */
class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = new Date(time?.dateTime ?? "");
    if (!time || Number.isNaN(moment.getTime())) {
      return;
    }
    const here = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
    time.title = here.format(moment);
  }
}

customElements.define("local-time", LocalTime);
