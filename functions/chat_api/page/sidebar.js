/** The views to go to, with how much is open in each, and the lists: made, renamed, shared and deleted here. */

import { createList, deleteList, renameList } from "./api.js";
import { askName, confirmDelete } from "./dialogs.js";
import { byId, element, icon } from "./element.js";
import { addressOf } from "./router.js";
import { say } from "./toasts.js";

export class Sidebar {
  /**
   * @param {{store: import("./store.js").Store, members: import("./members.js").Members, go: (address: string) => void,
   *   undo: import("./undo.js").Undo, changed: () => Promise<void>, failed: (problem: Error) => void}} ports `changed`: a list is gone
   */
  constructor({ store, members, go, undo, changed, failed }) {
    this.undo = undo;
    this.changed = changed;
    this.failed = failed;
    this.store = store;
    this.go = go;
    this.lists = byId("lists");
    this.filters = byId("filters");
    byId("list-new").addEventListener("click", () => askName("New list", "", (name) => this.#create(name)));
    const shown = () => store.lists.find(({ id }) => id === this.view.id);
    byId("list-members").addEventListener("click", () => members.open(shown()));
    byId("list-delete").addEventListener("click", () => this.#delete(shown()));
    byId("list-rename").addEventListener("click", () => {
      const list = shown();
      askName("Rename this list", list.name, (name) => this.#rename(list.id, name));
    });
    const sidebar = byId("sidebar");
    sidebar.addEventListener("click", (event) => event.target.closest("a") && sidebar.matches(":popover-open") && sidebar.hidePopover());
  }

  /** Marks the view that is shown. @param {import("./router.js").View} view */
  show(view) {
    this.view = view;
    for (const link of document.querySelectorAll("[data-view]")) mark(link, link.dataset.view === view.name);
    for (const link of document.querySelectorAll("[data-list]")) mark(link, view.id !== null && link.dataset.list === view.id);
  }

  /** Counts what is open. @param {import("./sections.js").Entry[]} all */
  draw(all) {
    const counts = new Map();
    const add = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { task, section } of all) {
      if (section === "done") continue;
      add("all");
      add(task.list_id);
      if (section === "overdue" || section === "today") add("today");
    }
    for (const node of document.querySelectorAll("[data-count]")) node.textContent = String(counts.get(node.dataset.count) ?? "");
    const { lists, filters } = this.store;
    byId("operating").hidden = !this.store.me?.operator;
    const key = JSON.stringify([lists.map(({ id, name }) => [id, name, counts.get(id)]), filters.map(({ id, name }) => [id, name])]);
    if (key === this.drawn) return;
    this.drawn = key;
    const focused = document.activeElement?.dataset?.list;
    this.lists.replaceChildren(...lists.map((list) => item("list", list, counts.get(list.id))));
    this.filters.replaceChildren(...filters.map((filter) => item("filter", filter, 0)));
    byId("filters-title").parentElement.hidden = !filters.length;
    if (this.view) this.show(this.view);
    if (focused) byId("sidebar").querySelector(`[data-list="${focused}"]`)?.focus();
  }

  async #create(name) {
    const list = await createList(name);
    this.store.setLists([...this.store.lists, list]);
    this.go(addressOf("list", list.id));
  }

  async #rename(id, name) {
    const renamed = await this.undo.doing(renameList(id, name).then((list) => (this.undo.list(id), list)));
    this.store.setLists(this.store.lists.map((list) => (list.id === id ? renamed : list)));
  }

  async #delete({ id, name }) {
    if (!(await confirmDelete("Delete this list?", `${name}, with every task in it, for all its members.`))) return;
    try {
      const back = await this.undo.doing(deleteList(id).then(() => this.undo.list(id)));
      say(`Deleted the list “${name}”.`, { action: "Undo", run: back });
      await this.changed();
    } catch (problem) {
      this.failed(problem);
    }
  }
}

function item(kind, { id, name }, count) {
  const link = { href: addressOf(kind, id), "data-list": id };
  return element("li", {}, element("a", link, icon(kind), element("span", {}, name), element("span", { class: "number" }, count ? String(count) : "")));
}

function mark(link, current) {
  if (current) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}
