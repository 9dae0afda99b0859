/** The flow view: one task's events as a picture, from written to delivered, live while it happens. */

import { sentence, undoButton } from "./activity.js";
import { Problem, readFlow, readTaskActivity } from "./api.js";
import { byId, element } from "./element.js";
import { drawChapter } from "./flow_picture.js";
import { chapterOf, spanText } from "./hops.js";
import { dueText, wallOf } from "./time.js";

const MOST = 50;
const AGAIN_MS = [150, 400, 900, 2_000, 4_000, 8_000];
/** Of what is older than the log, nobody knows who did it. */
const unknown = (problem) => (problem.status === 404 ? [] : Promise.reject(problem));
/** What is said of each event. */
const WORDS = {
  "task.created.v1": "Created",
  "task.updated.v1": "Changed",
  "task.completed.v1": "Completed",
  "task.reopened.v1": "Reopened",
  "task.deleted.v1": "Deleted",
  "task.recurred.v1": "Its series moved on to it",
  "task.due.v1": "A reminder rang",
};

export class Flow {
  #id = null;
  #timer = 0;
  #tries = 0;
  #drawn = "";
  /** @type {any} */
  #flow = null;

  /** @type {Map<string, any>} who did what, by the event */
  #did = new Map();

  /** @param {{me: () => any, failed: (problem: Error) => void}} ports */
  constructor({ me, failed }) {
    this.me = me;
    this.failed = failed;
    this.place = byId("flow");
    new ResizeObserver(() => this.#draw()).observe(this.place);
  }

  /** @param {string} id of the task @param {(title: string) => void} titled is told its title */
  async open(id, titled) {
    this.#id = id;
    this.titled = titled;
    this.#flow = null;
    this.#drawn = "";
    this.#tries = 0;
    this.place.replaceChildren(element("p", { class: "hint", role: "status" }, "Reading what happened…"));
    await this.#read();
  }

  /** Another view is shown. */
  close() {
    this.#id = null;
    clearTimeout(this.#timer);
  }

  /** Something happened to a task: if it is this one, its hops are read until all are there. @param {string|undefined} id */
  happened(id) {
    if (!id || id !== this.#id) return;
    this.#tries = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), AGAIN_MS[0]);
  }

  async #read() {
    const id = this.#id;
    try {
      const [flow, did] = await Promise.all([readFlow(id), readTaskActivity(id, MOST).catch(unknown)]);
      if (id !== this.#id) return;
      this.#flow = flow;
      this.#did = new Map(did.map((activity) => [activity.id, activity]));
      this.titled(flow.title);
      this.#draw();
      const chapters = flow.events.map((event) => chapterOf(event, flow.consumers[event.topic] ?? []));
      if (chapters.some(({ pending }) => pending) && this.#tries < AGAIN_MS.length) {
        this.#timer = setTimeout(() => this.#read(), AGAIN_MS[this.#tries++]);
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (id !== this.#id) return;
      const text = problem.status === 404 || problem.status === 422 ? "This task is not there any more, or not yours to see." : problem.text;
      this.place.replaceChildren(element("p", { class: "hint", role: "alert" }, text));
    }
  }

  #draw() {
    if (!this.#flow || !this.place.clientWidth) return;
    const width = this.place.clientWidth;
    const key = `${width} ${JSON.stringify([this.#flow, ...this.#did.values()])}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset.hop : null;
    const open = new Set([...this.place.querySelectorAll("details[open]")].map((node) => node.dataset.event));
    const { events, consumers, earlier, log_begins_at: begins } = this.#flow;
    let last = null;
    const parts = [];
    for (const event of [...events].reverse()) {
      const chapter = chapterOf(event, consumers[event.topic] ?? []);
      if (last) parts.push(element("p", { class: "gap" }, `${spanText(last.from - chapter.from)} before`));
      parts.push(this.#chapter(chapter, width, open.has(event.id)));
      last = chapter;
    }
    if (earlier) parts.push(element("p", { class: "hint" }, `Only the last ${events.length} events are shown.`));
    else if (begins) parts.push(element("p", { class: "hint" }, `The log begins on ${dayText(begins, this.me().zone)}: what happened before is not kept any more.`));
    if (!events.length) parts.push(element("p", { class: "hint" }, "Nothing is known of it."));
    this.place.replaceChildren(...parts);
    if (focused) this.place.querySelector(`[data-hop="${focused}"]`)?.focus();
  }

  #chapter(chapter, width, open) {
    const { event, hops } = chapter;
    const { zone, id: me } = this.me();
    const did = this.#did.get(event.id);
    const wall = wallOf(new Date(event.at), zone);
    const what = event.topic === "task.updated.v1" && event.changed.length ? `Changed: ${event.changed.join(", ").replaceAll("_", " ")}` : (WORDS[event.topic] ?? event.topic);
    const whole = standing(chapter);
    const tell = element("p", { class: "tell" }, whole);
    return element(
      "article",
      { class: "chapter", "aria-label": `${what}, ${dueText(wall, wallOf(new Date(), zone))}` },
      element("header", {}, element("h2", {}, what), element("p", { class: "when" }, `${dueText(wall, wallOf(new Date(), zone))}:${wall.slice(17, 19)}`), element("code", {}, event.topic)),
      did && did.by
        ? element("p", { class: "who" }, element("span", {}, sentence(did, me), did.undone_by ? " · taken back" : ""), undoButton(did, { me, failed: this.failed, undone: () => this.#read() }))
        : null,
      drawChapter(chapter, width, (hop) => {
        tell.textContent = hop ? hop.tells : whole;
      }),
      tell,
      element(
        "details",
        { "data-event": event.id, open },
        element("summary", {}, "As a table"),
        element(
          "table",
          {},
          element("thead", {}, element("tr", {}, ...["Where", "What", "When", "Took"].map((head) => element("th", { scope: "col" }, head)))),
          element("tbody", {}, ...hops.map((hop) => tableRow(hop, zone))),
        ),
      ),
    );
  }
}

/** How it stands with the whole. @param {import("./hops.js").Chapter} chapter */
function standing({ event, pending, from, until }) {
  const names = event.given_up.map(({ function: name }) => name).join(" and ");
  if (names) return `${names} could not handle it. Whoever runs this Taskwake sees why, and can have it handled again.`;
  return pending ? "Still on its way…" : `${spanText(until - from)} from the first to the last.`;
}

/** The day of a moment, with its year. @param {string} moment @param {string} zone */
const dayText = (moment, zone) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "long", timeZone: zone });

function tableRow(hop, zone) {
  const at = hop.end ?? hop.start;
  const wall = wallOf(new Date(at), zone);
  const when = hop.end === null ? "not yet" : `${wall.slice(11)}.${String(Math.floor(at % 1000)).padStart(3, "0")}`;
  return element(
    "tr",
    { class: hop.kind },
    element("th", { scope: "row" }, hop.lane),
    element("td", {}, hop.what),
    element("td", {}, when),
    element("td", {}, hop.end === null ? "…" : spanText(hop.end - hop.start)),
  );
}
