/** Finding tasks: by words, by a filter, or by a filter that is kept; live, by asking again when something changed. */

import { Problem, createFilter, deleteFilter, findTasks } from "./api.js";
import { askName } from "./dialogs.js";
import { byId, element } from "./element.js";
import { addressOf } from "./router.js";
import { say } from "./toasts.js";

const PAUSE_MS = 200;
const SETTLE_MS = 500;

export class Search {
  #timer = 0;
  #asked = 0;
  /** @type {string|null} */
  #next = null;
  #view = null;

  /** @param {{store: import("./store.js").Store, router: () => import("./router.js").Router, failed: (problem: Error) => void}} ports */
  constructor({ store, router, failed }) {
    Object.assign(this, { store, router, failed });
    this.form = byId("search");
    this.box = byId("query");
    this.marks = byId("query-marks");
    this.error = byId("query-error");
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("scroll", () => (this.marks.scrollLeft = this.box.scrollLeft));
    this.form.addEventListener("change", (event) => event.target.type === "radio" && this.#typed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#typed();
    });
    byId("filter-keep").addEventListener("click", () => this.#keep());
    byId("filter-delete").addEventListener("click", () => this.#forget());
  }

  /** @param {import("./router.js").View} view a search, or a filter that is kept */
  open(view) {
    const same = this.#view?.name === view.name && this.#view.id === view.id && view.name === "filter";
    this.#view = view;
    if (view.name === "search") {
      const filter = view.query.get("filter");
      this.box.value = filter ?? view.query.get("q") ?? "";
      this.form.elements.by.value = filter === null ? "words" : "filter";
    }
    if (!same) this.store.setFound(null);
    this.#ask();
  }

  /** The filter that is shown, if one is kept by this name. @returns {any} */
  kept() {
    return this.#view?.name === "filter" ? (this.store.filters.find(({ id }) => id === this.#view.id) ?? null) : null;
  }

  focus() {
    this.box.focus();
    this.box.select();
  }

  close() {
    this.#view = null;
    clearTimeout(this.#timer);
  }

  /** Only the server knows whether what changed is still meant. */
  changed() {
    if (!this.#view) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SETTLE_MS);
  }

  get hasMore() {
    return Boolean(this.#next);
  }

  /** The next page of what was found. */
  async more() {
    const { tasks, next_cursor: next } = await findTasks(this.#wanted(), this.#next);
    this.#next = next;
    this.store.setFound([...this.store.found, ...tasks.map(({ id }) => id)], tasks);
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#refuse(null);
    this.#timer = setTimeout(() => {
      const text = this.box.value.trim();
      const name = this.form.elements.by.value === "filter" ? "filter" : "q";
      this.router().note(addressOf("search") + (text ? `?${new URLSearchParams({ [name]: text })}` : ""));
      this.#view = this.router().view;
      this.#ask();
    }, PAUSE_MS);
  }

  /** What is asked for, as parameters of GET /tasks; null: nothing. */
  #wanted() {
    if (this.#view.name === "filter") return { filter_id: this.#view.id, sort: "due" };
    const [filter, words] = [this.#view.query.get("filter"), this.#view.query.get("q")];
    return filter ? { filter, sort: "due" } : words ? { search: words, status: "all", sort: "relevance" } : null;
  }

  async #ask() {
    const asked = (this.#asked += 1);
    const wanted = this.#wanted();
    byId("filter-keep").hidden = !wanted?.filter;
    if (!wanted) return this.store.setFound(null);
    try {
      const { tasks, next_cursor: next } = await findTasks(wanted, null);
      if (asked !== this.#asked || !this.#view) return;
      this.#refuse(null);
      this.#next = next;
      this.store.setFound(tasks.map(({ id }) => id), tasks);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (asked !== this.#asked) return;
      if (problem.status !== 422 && problem.status !== 404) return this.failed(problem);
      byId("filter-keep").hidden = true;
      this.store.setFound(null);
      this.#refuse(problem);
    }
  }

  /** Underlines what cannot be read. @param {Problem|null} problem */
  #refuse(problem) {
    const { start = null, end = null, message = "" } = problem?.errors[0] ?? {};
    const letters = Array.from(this.box.value); // places count code points
    this.error.textContent = problem ? message || problem.text : "";
    this.box.toggleAttribute("aria-invalid", Boolean(problem));
    if (start === null) return this.marks.replaceChildren();
    const [before, wrong, after] = [letters.slice(0, start), letters.slice(start, end), letters.slice(end)].map((part) => part.join(""));
    this.marks.replaceChildren(before, element("mark", { class: "unclear" }, wrong || " "), after);
    this.marks.scrollLeft = this.box.scrollLeft;
  }

  #keep() {
    const query = this.box.value.trim();
    askName("Keep this filter", "", async (name) => {
      const made = await createFilter(name, query);
      this.store.setFilters([...this.store.filters, made]);
      this.router().go(addressOf("filter", made.id));
    });
  }

  async #forget() {
    const kept = this.kept();
    try {
      await deleteFilter(kept.id);
      this.store.setFilters(this.store.filters.filter(({ id }) => id !== kept.id));
      this.router().go(`${addressOf("search")}?${new URLSearchParams({ filter: kept.query })}`);
      say(`The filter “${kept.name}” is kept no longer.`);
    } catch (problem) {
      this.failed(problem);
    }
  }
}
