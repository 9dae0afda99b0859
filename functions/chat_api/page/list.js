/** Draws the sections of a view, again only where something changed, and keeps them up to date as time goes on. */

import { byId, element, icon } from "./element.js";
import { afterPress } from "./press.js";
import { fillRow, newRow } from "./row.js";
import { sectionsOf, survey } from "./sections.js";
import { untilNextChange, wallOf } from "./time.js";

const LEAVE_MS = 220;
const PAGE = 100;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The list of tasks, of whatever view is shown. */
export class List {
  /** @type {Map<string, {row: HTMLLIElement, drawn: string}>} */
  #rows = new Map();
  /** How many rows of a section are shown. @type {Map<string, number>} */
  #shown = new Map();
  #timer = 0;
  #frame = 0;
  #view = null;
  #ready = false;

  /**
   * @param {import("./store.js").Store} store @param {import("./row.js").RowActions} actions @param {import("./people.js").People} people
   * @param {(drawn: {all: import("./sections.js").Entry[], sections: import("./sections.js").Section[], now: string}) => void} drew called after each drawing
   */
  constructor(store, actions, people, drew) {
    this.people = people;
    this.store = store;
    this.actions = actions;
    this.drew = drew;
    this.place = byId("sections");
    store.subscribe(() => this.schedule());
    document.addEventListener("visibilitychange", () => this.schedule());
  }

  /** The tasks were read: from now on the list may say that there are none. */
  ready() {
    this.#ready = true;
    this.schedule();
  }

  /** Shows another view, from its top. @param {import("./router.js").View} view */
  show(view) {
    this.#view = view;
    this.#shown.clear();
    for (const { row } of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.place.replaceChildren();
    if (this.#ready) this.#draw();
  }

  /** Draws in the next frame, or after the press that goes on; calls before then count as one. */
  schedule() {
    this.#frame ||= requestAnimationFrame(() =>
      afterPress(() => {
        this.#frame = 0;
        this.#draw();
      }),
    );
  }

  /** @param {string} id @returns {HTMLLIElement|undefined} the row of a task */
  row(id) {
    return this.#rows.get(id)?.row;
  }

  #draw() {
    if (!this.#ready || !this.#view) return;
    const focus = document.activeElement;
    const { zone } = this.store.me;
    const now = wallOf(new Date(), zone);
    const all = survey(this.store.all(), zone, now);
    const sections = sectionsOf(this.#view, all, { now, zone, expected: this.store.expected, days: this.store.days, found: this.store.found });
    const shown = sections.map((section) => ({ ...section, rows: section.entries.slice(0, this.#shown.get(section.key) ?? PAGE) }));
    this.#dropMissing(new Set(shown.flatMap(({ rows }) => rows.map(keyOf))));
    this.#drawSections(shown, now);
    if (focus !== document.activeElement && focus?.isConnected) focus.focus(); // a row that moves loses it
    this.store.changed.clear();
    this.drew({ all, sections, now });
    clearTimeout(this.#timer);
    const dues = all.filter(({ section }) => section !== "done").map(({ due }) => due);
    if (!document.hidden) this.#timer = setTimeout(() => this.schedule(), untilNextChange(dues, now));
  }

  #drawSections(sections, now) {
    const wanted = new Set(sections.map(({ key }) => `section-${key}`));
    for (const node of [...this.place.children]) {
      if (wanted.has(node.id)) continue;
      if (node.querySelector(".leaving")) setTimeout(() => this.schedule(), LEAVE_MS + 20);
      else node.remove();
    }
    let before = this.place.firstElementChild;
    for (const section of sections) {
      const id = `section-${section.key}`;
      const node = document.getElementById(id) ?? newSection(id, section);
      if (node === before) before = node.nextElementSibling;
      else this.place.insertBefore(node, before);
      this.#fill(node, section, now);
    }
  }

  #fill(node, { key, title, entries, rows, late }, now) {
    node.classList.toggle("overdue", Boolean(late));
    node.classList.toggle("nothing", entries.length === 0);
    node.querySelector(".section-title").textContent = title;
    const total = entries.filter(({ expected }) => !expected).length;
    node.querySelector(".count").textContent = total ? String(total) : "";
    const list = node.querySelector("ul");
    const fresh = document.createDocumentFragment();
    let next = list.firstElementChild;
    for (const entry of rows) {
      while (next?.classList.contains("leaving")) next = next.nextElementSibling;
      const row = this.#drawRow(entry, now);
      if (row === next) next = next.nextElementSibling;
      else if (next) list.insertBefore(row, next);
      else fresh.append(row);
    }
    list.append(fresh);
    const more = node.querySelector(".more");
    more.hidden = rows.length === entries.length;
    more.textContent = `Show ${Math.min(PAGE, entries.length - rows.length)} more of ${entries.length}`;
    more.onclick = () => {
      this.#shown.set(key, rows.length + PAGE);
      this.#draw();
      list.children[rows.length]?.focus();
    };
  }

  #drawRow(entry, now) {
    const { task, due, section, expected } = entry;
    let known = this.#rows.get(keyOf(entry));
    if (!known) this.#rows.set(keyOf(entry), (known = { row: newRow(task.id, Boolean(expected)), drawn: "" }));
    const list = this.#view.name === "list" ? null : this.store.nameOfList(task.list_id);
    const assignee = this.people.assigneeOf(task);
    const key = `${task.version} ${section} ${due} ${now.slice(0, 10)} ${list} ${assignee} ${entry.more}`;
    if (known.drawn !== key && !known.row.classList.contains("editing")) {
      fillRow(known.row, task, { due, now, section, zone: this.store.me.zone, list, assignee, expected, more: entry.more }, this.actions);
      known.drawn = key;
    }
    if (this.store.changed.has(task.id)) highlight(known.row);
    return known.row;
  }

  /** Draws a row anew whatever was drawn before: after editing, or a refused change. @param {string} id */
  redraw(id) {
    const known = this.#rows.get(id);
    if (known) known.drawn = "";
    this.schedule();
  }

  #dropMissing(present) {
    for (const [id, { row }] of this.#rows) {
      if (present.has(id)) continue;
      this.#rows.delete(id);
      if (row.contains(document.activeElement)) (row.nextElementSibling ?? row.previousElementSibling ?? byId("heading")).focus();
      row.classList.add("leaving");
      row.inert = true;
      setTimeout(() => afterPress(() => row.remove()), calm.matches ? 0 : LEAVE_MS);
    }
  }
}

/** One to come has the id that it will have, and another row when it is there. @param {import("./sections.js").Entry} entry */
const keyOf = ({ task, expected }) => (expected ? `to come ${task.id}` : task.id);

function newSection(id, { folded }) {
  const title = element("span", { class: "section-title" });
  const count = element("span", { class: "count" });
  const body = [element("ul", { role: "list" }), element("button", { type: "button", class: "more", hidden: true })];
  if (folded) {
    const head = element("summary", { id: `${id}-head` }, icon("fold"), title, " ", count);
    return element("section", { id, class: "group", "aria-labelledby": `${id}-head` }, element("details", {}, head, ...body));
  }
  return element("section", { id, class: "group", "aria-labelledby": `${id}-head` }, element("h2", { id: `${id}-head` }, title, " ", count), ...body);
}

function highlight(row) {
  row.classList.remove("fresh");
  void row.offsetWidth; // a new layout, so that a second change plays the highlight again
  row.classList.add("fresh");
  row.addEventListener("animationend", () => row.classList.remove("fresh"), { once: true });
}
