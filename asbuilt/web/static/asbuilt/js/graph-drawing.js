// @ts-check

/**
 * Number, title, status, tone, page, x, y and level of a thing.
 *
 * @typedef {[string, string, string, string, string, number, number, number]} Thing
 */
/** @typedef {{ root: number, width: number, height: number, things: Thing[], links: number[] }} Drawing */
/**
 * What is drawn, what of it is in sight (left, top, right, bottom, in pixels at full size), and how.
 *
 * @typedef {Drawing & { scale: number, left: number, top: number, right: number, bottom: number, chosen: number, along: Set<number>, isMoving: boolean, colour: (name: string) => string, font: string }} View
 */

export const NUMBER = 0;
export const TITLE = 1;
export const STATUS = 2;
const TONE = 3;
export const PAGE = 4;
export const X = 5;
export const Y = 6;
export const LEVEL = 7;
/** From this size on things are written, below it they are blocks. */
export const READABLE = 0.55;
/** So many links are drawn while the drawing moves; of more, only those of what is chosen, until it rests. */
const MOVED_LINKS = 2500;
/** How faint the links of thousands become, so that the things are seen behind them. */
const FAINTEST = 0.15;

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {View} view
 */
export function drawLinks(pen, view) {
  const { things, links, width, colour, along, scale } = view;
  const paths = [new Path2D(), new Path2D(), new Path2D(), new Path2D()];
  const isSparse = view.isMoving && links.length > 3 * MOVED_LINKS;
  for (let place = 0; place < links.length; place += 3) {
    const [from, to] = [links[place] ?? 0, links[place + 1] ?? 0];
    const isAlong = along.has(from) && along.has(to);
    const [above, below] = [things[from], things[to]];
    if (!above || !below || (isSparse && !isAlong)) {
      continue;
    }
    const side = above[X] <= below[X] ? 1 : -1;
    const [x, end] = [above[X] + (side * width) / 2, below[X] - (side * width) / 2];
    const isOut =
      Math.max(x, end) < view.left ||
      Math.min(x, end) > view.right ||
      Math.max(above[Y], below[Y]) < view.top ||
      Math.min(above[Y], below[Y]) > view.bottom;
    if (isOut) {
      continue;
    }
    const path = paths[(isAlong ? 2 : 0) + (links[place + 2] ?? 0)];
    path?.moveTo(x, above[Y]);
    path?.lineTo(end, below[Y]);
  }
  for (const [kind, path] of paths.entries()) {
    pen.strokeStyle = colour(kind >= 2 ? "accent" : "line-2");
    pen.lineWidth = (kind >= 2 ? 2 : 1) / Math.min(scale, 1);
    pen.setLineDash(kind % 2 ? [6 / scale, 4 / scale] : []);
    pen.globalAlpha = kind >= 2 ? 1 : Math.max(FAINTEST, Math.min(1, (3 * MOVED_LINKS) / links.length));
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {View} view
 */
export function drawThings(pen, view) {
  const { things, width, height, colour, font, along, scale } = view;
  const isRead = scale >= READABLE;
  const [raised, border, ink, quiet, accent] = ["raised", "input-line", "ink", "ink-3", "accent"].map(colour);
  const tones = new Map(["fail", "hold", "rework", "pass"].map((one) => [one, colour(one)]));
  pen.textBaseline = "middle";
  for (const [place, thing] of things.entries()) {
    const [x, y] = [thing[X] - width / 2, thing[Y] - height / 2];
    if (x > view.right || x + width < view.left || y > view.bottom || y + height < view.top) {
      continue;
    }
    const tone = tones.get(thing[TONE]);
    const isChosen = place === view.chosen;
    pen.fillStyle = (!isRead && (tone ?? (along.has(place) ? accent : border))) || (raised ?? "");
    pen.fillRect(x, y, width, height);
    if (isRead) {
      pen.strokeStyle = (isChosen || along.has(place) ? accent : (tone ?? border)) ?? "";
      pen.lineWidth = isChosen ? 3 : tone ? 2 : 1;
      pen.strokeRect(x, y, width, height);
      pen.fillStyle = tone ?? "";
      if (tone) {
        mark(pen, thing[TONE], x + 12, thing[Y]);
      }
      const indent = tone ? 24 : 8;
      pen.fillStyle = ink ?? "";
      pen.font = `12px ${font}`;
      pen.fillText(cut(thing[NUMBER], tone ? 21 : 24), x + indent, y + height * 0.32);
      pen.fillStyle = quiet ?? "";
      pen.font = `9px ${font}`;
      pen.fillText(cut(thing[TITLE], tone ? 29 : 32), x + indent, y + height * 0.75);
      continue;
    }
    if (tone) {
      pen.fillStyle = raised ?? "";
      mark(pen, thing[TONE], thing[X], thing[Y], 2);
    }
    if (isChosen) {
      pen.strokeStyle = ink ?? "";
      pen.lineWidth = 3 / scale;
      pen.strokeRect(x, y, width, height);
    }
  }
}

/**
 * What asks for a look has a shape besides its colour: a diamond for what failed, else a disc.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {string} tone
 * @param {number} x
 * @param {number} y
 * @param {number} [size]
 */
function mark(pen, tone, x, y, size = 1) {
  pen.beginPath();
  if (tone === "fail") {
    pen.moveTo(x, y - 6 * size);
    pen.lineTo(x + 6 * size, y);
    pen.lineTo(x, y + 6 * size);
    pen.lineTo(x - 6 * size, y);
  } else {
    pen.arc(x, y, 5 * size, 0, Math.PI * 2);
  }
  pen.fill();
}

/**
 * @param {string} text
 * @param {number} length
 * @returns {string}
 */
function cut(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
