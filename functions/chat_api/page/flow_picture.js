/**
 * Draws the hops of an event: a lane each, time to the right. The scale is logarithmic, so that a hop of a millisecond
 * and a delivery of an hour are both seen; its ticks say so.
 */

import { spanText } from "./hops.js";

const SVG = "http://www.w3.org/2000/svg";
const NARROW = 560;
const EDGE = 76; // for the label behind the last bar
const TICKS = [0, 1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000, 864_000_000];
const KNEE_MS = 1.5; // below it the scale is nearly even
const GAP = 54; // between ticks that are labelled

/**
 * @param {import("./hops.js").Chapter} chapter @param {number} width in pixels
 * @param {(hop: import("./hops.js").Hop|null) => void} tell is given what is pointed at
 * @returns {SVGElement}
 */
export function drawChapter({ event, hops, from, until }, width, tell) {
  const narrow = width < NARROW;
  const left = narrow ? 14 : 158;
  const right = width - EDGE - 20;
  const [top, lane] = narrow ? [34, 46] : [34, 36];
  const span = Math.max(until - from, 1);
  const x = (at) => left + ((right - left) * Math.log1p((at - from) / KNEE_MS)) / Math.log1p(span / KNEE_MS);
  const y = (index) => top + index * lane + (narrow ? 28 : 18);
  const height = top + hops.length * lane + 8;
  const svg = node("svg", { class: "picture", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Its hops, time to the right" });
  drawTicks(svg, { x, from, span, height, top, right });
  hops.forEach((hop, index) => {
    svg.append(node("line", { class: "lane-line", x1: left, x2: right, y1: y(index), y2: y(index) }));
    if (hop.cause !== null) svg.append(node("path", { class: `cause ${hop.kind}`, d: elbow(x(hop.start), y(hop.cause), y(index)) }));
  });
  hops.forEach((hop, index) => svg.append(drawHop(hop, index, { x, y, narrow, left, right, event }, tell)));
  return svg;
}

const elbow = (x, from, to) => `M${x} ${from}V${to}`;

function drawTicks(svg, { x, from, span, height, top, right }) {
  let last = -GAP;
  for (const tick of TICKS) {
    if (tick > span) break;
    const at = x(from + tick);
    if (at - last < GAP || at > right + 1) continue;
    last = at;
    svg.append(node("line", { class: "tick-line", x1: at, x2: at, y1: top - 8, y2: height - 8 }));
    svg.append(text(at, top - 14, tick ? spanText(tick) : "0", { class: "tick-text", "text-anchor": "middle" }));
  }
}

function drawHop(hop, index, { x, y, narrow, left, right, event }, tell) {
  const [start, at] = [x(hop.start), y(index)];
  const pending = hop.end === null;
  const end = pending ? Math.min(Math.max(start + 40, (start + right) / 2), right) : x(hop.end);
  const group = node("g", { class: `hop ${hop.kind}${pending ? " pending" : ""}`, tabindex: 0, role: "img", "aria-label": hop.tells, "data-hop": `${event.id}-${index}` });
  group.append(node("rect", { class: "hit", x: 0, y: at - (narrow ? 30 : 18), width: right + EDGE + 16, height: narrow ? 46 : 36, rx: 8 }));
  group.append(text(narrow ? left : 14, narrow ? at - 13 : at + 4.5, hop.lane, { class: "lane-text" }));
  if (end - start > 3) group.append(node("line", { class: "bar-line", x1: start, x2: end, y1: at, y2: at }));
  group.append(node("circle", { class: "from", cx: start, cy: at, r: 3 }));
  group.append(node("circle", { class: "to", cx: end, cy: at, r: 6 }));
  const label = pending ? "waiting" : hop.kind === "failed" ? "given up" : hop.end - hop.start < 0.001 ? "" : `+${spanText(hop.end - hop.start)}`;
  group.append(text(end + 12, at + 4.5, label, { class: "took" }));
  for (const name of ["mouseenter", "focus"]) group.addEventListener(name, () => tell(hop));
  for (const name of ["mouseleave", "blur"]) group.addEventListener(name, () => tell(null));
  return group;
}

function node(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function text(x, y, words, attributes) {
  const made = node("text", { x, y, ...attributes });
  made.textContent = words;
  return made;
}
