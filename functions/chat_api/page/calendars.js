/** Part of the settings: the addresses under which calendar programs read one's tasks, and everything as a file. */

import { createFeed, deleteFeed, readFeeds } from "./api.js";
import { byId, element } from "./element.js";
import { shownOnce } from "./members.js";

/** The parts "Calendars" and "Take it with you". */
export class Calendars {
  /** @param {{lists: () => any[]}} ports */
  constructor({ lists }) {
    this.lists = lists;
    this.rows = element("ul", { "aria-label": "Calendar addresses" });
    this.none = element("p", { hidden: true }, "A calendar program that knows a secret address of yours shows your tasks, and keeps up with them.");
    this.made = element("div");
    this.error = element("p", { class: "error", role: "alert" });
    this.list = element("select", { name: "list" });
    this.form = element(
      "form",
      { class: "fields", onsubmit: (event) => this.#create(event) },
      element("label", { class: "field" }, element("span", {}, "Name of the calendar"), element("input", { name: "name", required: true, maxlength: 200, value: "Taskwake", autocomplete: "off" })),
      element("label", { class: "field" }, element("span", {}, "Its tasks"), this.list),
      element(
        "div",
        { class: "field", role: "group", "aria-label": "What it has" },
        choice("events", "Also as appointments, for Google and Outlook, which show no tasks"),
        choice("done", "Also what is done"),
      ),
      element("div", { class: "buttons" }, element("button", { type: "submit" }, "New address")),
    );
    const link = (href, name, words) => element("a", { class: "as-button", href, download: name }, words);
    byId("settings").append(
      element("section", { class: "part access", "aria-labelledby": "calendars-title" }, element("h2", { id: "calendars-title" }, "Calendars"), this.none, this.rows, this.form, this.made, this.error),
      element(
        "section",
        { class: "part", "aria-labelledby": "export-title" },
        element("h2", { id: "export-title" }, "Take it with you"),
        element("p", {}, "Everything of yours as JSON; or your tasks, those done too, as a calendar file, which can be imported again."),
        element("div", { class: "buttons" }, link("/export", "taskwake.json", "Everything, as JSON"), link("/export.ics", "taskwake.ics", "Tasks, as iCalendar")),
      ),
    );
  }

  /** Shows them as they are. */
  open() {
    this.made.replaceChildren();
    this.list.replaceChildren(element("option", { value: "" }, "of all lists"), ...this.lists().map(({ id, name }) => element("option", { value: id }, `of ${name}`)));
    return this.#try(() => this.#show());
  }

  async #show() {
    const feeds = await readFeeds();
    const names = new Map(this.lists().map(({ id, name }) => [id, name]));
    this.none.hidden = feeds.length > 0;
    this.rows.replaceChildren(...feeds.map((feed) => this.#row(feed, names)));
  }

  #row({ id, name, list_ids: lists, components, done, read_at: read }, names) {
    const about = [
      lists ? lists.map((list) => names.get(list) ?? "a list that is gone").join(", ") : "all lists",
      components.includes("VEVENT") ? "as appointments too" : null,
      done ? "with what is done" : null,
      read ? `last read ${new Date(read).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}` : "never read",
    ];
    return element(
      "li", {},
      element("span", { class: "what" }, name),
      element("span", { class: "about" }, about.filter(Boolean).join(" · ")),
      element("button", { type: "button", "aria-label": `Revoke: ${name}`, onclick: () => this.#try(() => this.#revoke(id)) }, "Revoke"),
    );
  }

  async #revoke(id) {
    await deleteFeed(id);
    this.made.replaceChildren(); // it may be the address that is shown
    await this.#show();
  }

  async #create(event) {
    event.preventDefault();
    const data = new FormData(this.form);
    await this.#try(async () => {
      const { url } = await createFeed({
        name: data.get("name"),
        list_ids: data.get("list") ? [data.get("list")] : null,
        components: data.has("events") ? ["VTODO", "VEVENT"] : ["VTODO"],
        done: data.has("done"),
      });
      this.made.replaceChildren(shownOnce("Give this address to your calendar program; it is shown this once. Who knows it reads your tasks.", url));
      await this.#show();
    });
  }

  async #try(work) {
    this.error.textContent = "";
    try {
      await work();
    } catch (problem) {
      this.error.textContent = problem.text ?? String(problem);
    }
  }
}

const choice = (name, words) => element("label", { class: "choice" }, element("input", { type: "checkbox", name }), words);
