/** The list: sections by due time, drawn again only where something changed. */

import { byId, element } from "./element.js";
import { fillRow, newRow } from "./row.js";
import { SECTIONS, dueWall, sectionOf, todayText, untilNextChange, wallOf } from "./time.js";

const LEAVE_MS = 220;
const MOST_DONE = 20;
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Draws the store's tasks and keeps the drawing up to date as time goes on. */
export class List {
  /** @type {Map<string, {row: HTMLLIElement, drawn: string}>} */
  #rows = new Map();
  #timer = 0;
  #frame = 0;
  #ready = false;

  /** @param {import("./store.js").Store} store @param {import("./row.js").RowActions} actions */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    store.subscribe(() => this.schedule());
    document.addEventListener("visibilitychange", () => this.schedule());
  }

  /** The tasks were read: from now on the list may say that there are none. */
  ready() {
    this.#ready = true;
    this.schedule();
  }

  /** Draws in the next frame; calls before then count as one. */
  schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** @param {string} id @returns {HTMLLIElement|undefined} the row of a task */
  row(id) {
    return this.#rows.get(id)?.row;
  }

  #draw() {
    if (!this.#ready) return;
    const focus = document.activeElement;
    const { zone } = this.store.me;
    const now = wallOf(new Date(), zone);
    const sections = Object.fromEntries([...SECTIONS, "done"].map((name) => [name, []]));
    for (const task of this.store.all()) {
      const due = dueWall(task, zone);
      const section = task.status === "done" ? "done" : sectionOf(due, now);
      sections[section].push({ task, due, section });
    }
    for (const name of SECTIONS) {
      sections[name].sort((a, b) => byText(a.due ?? "", b.due ?? "") || byText(a.task.created_at, b.task.created_at));
    }
    sections.done.sort((a, b) => byText(b.task.completed_at ?? "", a.task.completed_at ?? ""));
    sections.done.length = Math.min(sections.done.length, MOST_DONE);
    this.#dropMissing(new Set(Object.values(sections).flat().map(({ task }) => task.id)));
    for (const [name, entries] of Object.entries(sections)) this.#drawSection(name, entries, now);
    if (focus !== document.activeElement && focus?.isConnected) focus.focus(); // a row that moves loses it
    this.store.changed.clear();
    this.#summarise(sections, now);
    const open = SECTIONS.flatMap((name) => sections[name]);
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.schedule(), untilNextChange(open.map(({ due }) => due), now));
  }

  #drawSection(name, entries, now) {
    const section = byId(`section-${name}`);
    section.hidden = entries.length === 0;
    section.querySelector(".count").textContent = String(entries.length);
    const list = section.querySelector("ul");
    const fresh = document.createDocumentFragment();
    let next = list.firstElementChild;
    for (const { task, due } of entries) {
      while (next?.classList.contains("leaving")) next = next.nextElementSibling;
      const row = this.#drawRow(task, { due, now, section: name, zone: this.store.me.zone });
      if (row === next) {
        next = next.nextElementSibling;
        continue;
      }
      if (next) list.insertBefore(row, next);
      else fresh.append(row);
    }
    list.append(fresh);
  }

  #drawRow(task, when) {
    let known = this.#rows.get(task.id);
    if (!known) this.#rows.set(task.id, (known = { row: newRow(task.id), drawn: "" }));
    const key = `${task.version} ${when.section} ${when.due} ${when.now.slice(0, 10)}`;
    if (known.drawn !== key && !known.row.classList.contains("editing")) {
      fillRow(known.row, task, when, this.actions);
      known.drawn = key;
    }
    if (this.store.changed.has(task.id)) this.#highlight(known.row);
    return known.row;
  }

  /** Draws a row anew whatever was drawn before: after editing, or a refused change. @param {string} id */
  redraw(id) {
    const known = this.#rows.get(id);
    if (known) known.drawn = "";
    this.schedule();
  }

  #highlight(row) {
    row.classList.remove("fresh");
    void row.offsetWidth; // a new layout, so that a second change plays the highlight again
    row.classList.add("fresh");
    row.addEventListener("animationend", () => row.classList.remove("fresh"), { once: true });
  }

  #dropMissing(present) {
    for (const [id, { row }] of this.#rows) {
      if (present.has(id)) continue;
      this.#rows.delete(id);
      if (row.contains(document.activeElement)) (row.nextElementSibling ?? row.previousElementSibling)?.focus();
      row.classList.add("leaving");
      row.inert = true;
      setTimeout(() => row.remove(), calm.matches ? 0 : LEAVE_MS);
    }
  }

  #summarise(sections, now) {
    const open = SECTIONS.reduce((sum, name) => sum + sections[name].length, 0);
    byId("loading").hidden = true;
    byId("empty").hidden = open > 0;
    byId("today").textContent = todayText(now);
    const facts = [];
    if (sections.overdue.length) facts.push(element("strong", { class: "late" }, `${sections.overdue.length} overdue`));
    const today = sections.today.length || (facts.length ? "nothing" : "Nothing");
    facts.push(`${today} ${facts.length ? "more " : ""}due today`);
    byId("summary").replaceChildren(...facts.flatMap((fact, index) => (index ? [" · ", fact] : [fact])));
  }
}
