/** The views: what the page shows at each address. */

import { byId, element } from "./element.js";
import { NOWHERE } from "./router.js";
import { OF_TASKS } from "./sections.js";
import { setView } from "./title.js";
import { todayText } from "./time.js";

const SHEETS = ["activity", "ledger", "settings", "flow", "dead-letters", NOWHERE];
/** The names of all views, as they stand in addresses. */
export const VIEWS = [...OF_TASKS, ...SHEETS];

const TITLES = {
  today: "Today",
  upcoming: "Upcoming",
  all: "All tasks",
  done: "Done",
  activity: "Activity",
  ledger: "Reminders",
  settings: "Settings",
  flow: "What happened",
  "dead-letters": "Dead letters",
  search: "Search",
  filter: "Filter",
  [NOWHERE]: "There is no such page",
};
const SEARCHES = ["search", "filter"];
const EMPTY = {
  today: ["Nothing is due today", "Look at what is upcoming, or write what is to be done:"],
  upcoming: ["Nothing is coming up", "What is due, and what recurs, is shown here day by day."],
  all: ["Nothing is waiting", "Write what is to be done as you would say it. For example:"],
  list: ["This list is empty", "What you write here is put into it."],
  done: ["Nothing is done yet", "What you complete is kept here."],
  search: ["Nothing was found", "Words are looked for in titles, labels and notes, also of what is done."],
  filter: ["Nothing is meant by it now", "What comes to be is shown here by itself."],
};
const WITH_EXAMPLES = ["today", "all"];
const SUMMARIES = {
  activity: "Who did what in your lists, the latest first.",
  ledger: "When each reminder rang, how late, and how it went on each channel.",
  flow: "Each event of this task, the last first: from when it was written until it was delivered.",
  "dead-letters": "Events that a function could not handle, of all people here.",
  settings: "Where you are, how you are reminded, what comes in and goes out, and who has access.",
  [NOWHERE]: "Its address is not one of Taskwake’s: it may be cut short, or mistyped.",
};

export class Views {
  /**
   * @param {{store: import("./store.js").Store, list: import("./list.js").List, sidebar: import("./sidebar.js").Sidebar,
   *   search: import("./search.js").Search, reading: import("./reading.js").Reading, flow: import("./flow.js").Flow, activity: import("./activity.js").Activity, ledger: import("./ledger.js").Ledger,
   *   settings: {open: () => Promise<void>}, "dead-letters": {open: (id: string|null) => Promise<void>}}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.heading = byId("heading");
    this.further = byId("further");
    this.further.addEventListener("click", () => this.#more());
  }

  /** @param {import("./router.js").View} view @param {boolean} arrived by a link @param {number} scrolled where it was left */
  show(view, arrived, scrolled) {
    const sameView = this.view?.name === view.name && this.view.id === view.id;
    this.view = view;
    const ofTasks = OF_TASKS.includes(view.name);
    document.body.dataset.view = view.name;
    const searches = SEARCHES.includes(view.name);
    byId("composer").hidden = byId("answer").hidden = !ofTasks || searches;
    byId("search").hidden = view.name !== "search";
    byId("sections").hidden = !ofTasks;
    for (const name of SHEETS) byId(name).hidden = name !== view.name;
    if (view.name !== "flow") this.flow.close();
    if (view.name !== "activity") this.activity.close();
    this.sidebar.show(view);
    this.#title();
    this.list.show(view);
    if (searches) this.search.open(view);
    else this.search.close();
    if (!ofTasks) {
      byId("empty").hidden = true;
      this.further.hidden = true;
      byId("summary").replaceChildren(SUMMARIES[view.name] ?? "");
      if (view.name === "flow") this.flow.open(view.id, (title) => this.#title(title));
      else if (view.name !== NOWHERE) this[view.name].open(view.id);
    }
    scrollTo(0, arrived ? 0 : scrolled);
    if (arrived && !sameView) this.heading.focus({ preventScroll: true });
  }

  /** The list that is shown, if one is. @returns {any} */
  listShown() {
    return this.view?.name === "list" ? (this.store.lists.find(({ id }) => id === this.view.id) ?? null) : null;
  }

  /** The list was drawn: says what is in it. @param {{all: any[], sections: any[], now: string}} drawn */
  drew({ all, sections, now }) {
    this.sidebar.draw(all);
    if (!OF_TASKS.includes(this.view.name)) return;
    this.#title();
    const open = sections.filter(({ folded }) => !folded).some(({ entries }) => entries.length);
    const unknown = this.view.name === "list" && !this.listShown();
    const empty = unknown ? ["There is no such list", "It may be gone, or not be shared with you."] : EMPTY[this.view.name];
    const looking = SEARCHES.includes(this.view.name);
    const unread = this.view.name === "done" && !this.reading.knowsDone;
    byId("empty").hidden = open || unread || (looking && this.store.found === null);
    byId("empty-title").textContent = empty[0];
    byId("empty-text").textContent = empty[1];
    byId("examples").hidden = !WITH_EXAMPLES.includes(this.view.name);
    byId("summary").replaceChildren(...this.#facts(all, now).flatMap((fact, index) => (index ? [" · ", fact] : [fact])));
    const further = {
      search: looking && this.search.hasMore && "Show more",
      filter: looking && this.search.hasMore && "Show more",
      upcoming: this.reading.hasMoreDays && "Show 30 days",
      done: this.reading.hasMoreDone && "Show older ones",
    }[this.view.name];
    this.further.hidden = !further;
    this.further.textContent = further || "";
  }

  #facts(all, now) {
    const { name, id } = this.view;
    const count = (wanted) => all.filter(({ section }) => section === wanted).length;
    if (name === "list") return [`${all.filter(({ task, section }) => task.list_id === id && section !== "done").length} open`];
    if (name === "filter") return [this.search.kept()?.query ?? ""];
    if (name === "search") return this.store.found === null ? ["By words, or by a filter such as (today | overdue) & p1"] : [];
    if (name === "done") return ["What was completed or skipped, the last first."];
    const facts = name === "today" ? [todayText(now)] : [];
    const overdue = count("overdue");
    if (overdue) facts.push(element("strong", { class: "late" }, `${overdue} overdue`));
    facts.push(`${count("today") || "nothing"} ${overdue ? "more " : ""}due today`);
    return facts;
  }

  #title(title = "") {
    const name = title || (this.listShown() ?? this.search.kept())?.name || TITLES[this.view.name] || "List";
    if (this.heading.textContent !== name) this.heading.textContent = name;
    const list = this.listShown();
    byId("list-rename").hidden = list?.role !== "owner";
    byId("list-members").hidden = !list;
    byId("list-delete").hidden = list?.role !== "owner";
    byId("filter-delete").hidden = !this.search.kept();
    byId("box").placeholder = list ? `Add to ${name}…` : "Remind me to…";
    setView(name);
  }

  async #more() {
    const focused = document.activeElement === this.further;
    if (this.view.name === "upcoming") await this.reading.moreDays();
    else if (this.view.name === "done") await this.reading.moreDone();
    else await this.search.more();
    this.list.schedule();
    if (focused) this.heading.focus({ preventScroll: true });
  }
}
