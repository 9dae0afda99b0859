/** Who did what: the view of one's lists, the latest first, with the way back from what one did oneself. */

import { Problem, readActivity, undoEvent } from "./api.js";
import { byId, element } from "./element.js";
import { addressOf } from "./router.js";
import { dayTitle, timeText, wallOf } from "./time.js";
import { say } from "./toasts.js";

const SETTLE_MS = 250;

/** An activity as a sentence: of oneself it says "You". @param {any} activity @param {string} me the person's id */
export function sentence({ text, by, by_name: name }, me) {
  const who = name ?? "Somebody";
  return by === me && text.startsWith(`${who} `) ? `You${text.slice(who.length)}` : text;
}

/**
 * The button that takes an activity back; null where there is nothing to take back.
 * @param {any} activity @param {{me: string, failed: (problem: Error) => void, undone: () => Promise<void>}} ports
 */
export function undoButton(activity, { me, failed, undone }) {
  if (!activity.undoable) return null;
  const undo = async ({ currentTarget: button }) => {
    button.disabled = true;
    try {
      const { text } = await undoEvent(activity.id);
      say(`Done: ${text}.`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      failed(problem);
    }
    button.disabled = false;
    await undone();
  };
  return element("button", { type: "button", class: "undo", "aria-label": `Undo: ${sentence(activity, me)}`, onclick: undo }, "Undo");
}

/** A task's leads to its flow; of a list there may be nothing left to go to. */
function what({ task_id: task }) {
  return task ? ["a", { class: "what", href: addressOf("flow", task) }] : ["span", { class: "what" }];
}

export class Activity {
  /** @type {any[]} */
  #known = [];
  /** @type {string|null} */
  #cursor = null;
  #open = false;
  #timer = 0;

  /** @param {{me: () => any, failed: (problem: Error) => void}} ports */
  constructor({ me, failed }) {
    this.me = me;
    this.failed = failed;
    this.days = byId("activity-days");
    this.older = byId("activity-older");
    this.mine = byId("activity-mine");
    this.older.addEventListener("click", () => this.#more());
    this.mine.addEventListener("change", () => this.open());
  }

  /** Shows what was done last. */
  async open() {
    this.#open = true;
    this.#known = [];
    this.#cursor = null;
    this.days.replaceChildren();
    await this.#read();
  }

  /** Another view is shown. */
  close() {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** Something happened: it is read in a moment, once for many. */
  happened() {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), SETTLE_MS);
  }

  #page(cursor) {
    return readActivity({ ...(this.mine.checked ? { user_id: this.me().id } : {}), ...(cursor ? { cursor } : {}) });
  }

  /** The newest again, before those that are known; where nothing joins them, those are read anew. */
  async #read() {
    try {
      const { activity, next_cursor: next } = await this.#page(null);
      const ids = new Set(activity.map(({ id }) => id));
      const joined = this.#known.some(({ id }) => ids.has(id));
      const older = joined ? this.#known.filter(({ id }) => !ids.has(id)) : [];
      if (!older.length) this.#cursor = next;
      this.#known = [...activity, ...older];
      this.#draw();
    } catch (problem) {
      this.failed(problem);
    }
  }

  async #more() {
    try {
      const { activity, next_cursor: next } = await this.#page(this.#cursor);
      const last = this.#known.at(-1)?.id;
      this.#cursor = next;
      this.#known = [...this.#known, ...activity];
      this.#draw();
      this.days.querySelector(`[data-event="${last}"]`)?.focus();
    } catch (problem) {
      this.failed(problem);
    }
  }

  #draw() {
    if (!this.#open) return;
    const { zone, id: me } = this.me();
    const today = wallOf(new Date(), zone).slice(0, 10);
    const focused = this.days.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.event : null;
    const days = new Map();
    for (const activity of this.#known) {
      const wall = wallOf(new Date(activity.at), zone);
      const day = wall.slice(0, 10);
      if (!days.has(day)) days.set(day, element("ul", { role: "list", "aria-label": dayTitle(day, today) }));
      days.get(day).append(this.#row(activity, wall, me));
    }
    this.days.replaceChildren(...[...days].flatMap(([day, list]) => [element("h2", {}, dayTitle(day, today)), list]));
    if (focused) this.days.querySelector(`[data-event="${focused}"]`)?.focus();
    byId("activity-none").hidden = this.#known.length > 0;
    this.older.hidden = !this.#cursor;
  }

  #row(activity, wall, me) {
    return element(
      "li",
      { "data-event": activity.id, tabindex: "-1", class: activity.undone_by ? "undone" : null },
      element("time", { datetime: activity.at }, timeText(wall)),
      element(...what(activity), sentence(activity, me), activity.undone_by ? element("small", {}, " · taken back") : null),
      undoButton(activity, { me, failed: this.failed, undone: () => this.#read() }),
    );
  }
}
