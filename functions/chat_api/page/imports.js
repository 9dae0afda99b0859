/** Part of the settings: tasks from another program's file, with a report of what was taken and what was not. */

import { Problem, importFile } from "./api.js";
import { byId, element } from "./element.js";

/** By the end of a file's name, whatever type the browser takes it for. */
const TYPES = { ics: "text/calendar", csv: "text/csv", json: "application/json", zip: "application/zip" };
const MOST_BYTES = 10 * 1024 * 1024;

export class Imports {
  /** @param {{lists: () => any[], imported: () => Promise<unknown>}} ports `imported`: there may be new lists */
  constructor({ lists, imported }) {
    this.lists = lists;
    this.imported = imported;
    this.file = element("input", { type: "file", accept: Object.keys(TYPES).map((end) => `.${end}`).join(",") });
    this.list = element("select");
    this.report = element("div", { class: "report", role: "status" });
    this.error = element("p", { class: "error", role: "alert" });
    this.buttons = [
      element("button", { type: "button", onclick: () => this.#send(true) }, "Try it first"),
      element("button", { type: "button", class: "primary", onclick: () => this.#send(false) }, "Import"),
    ];
    this.file.addEventListener("change", () => this.#clear());
    byId("settings").append(
      element(
        "section",
        { class: "part", "aria-labelledby": "import-title" },
        element("h2", { id: "import-title" }, "Import"),
        element("p", {}, "A calendar file (.ics, or Google’s .zip of such), Todoist’s CSV, or Vikunja’s export (.json or .zip). What was imported before is not doubled."),
        element(
          "div",
          { class: "fields" },
          element("label", { class: "field" }, element("span", {}, "File"), this.file),
          element("label", { class: "field" }, element("span", {}, "Into"), this.list),
          this.error,
          element("div", { class: "buttons" }, ...this.buttons),
        ),
        this.report,
      ),
    );
  }

  /** Begins anew. */
  open() {
    this.file.value = "";
    this.#clear();
    const own = this.lists().filter(({ role }) => role !== "viewer");
    this.list.replaceChildren(element("option", { value: "" }, "the lists that the file names"), ...own.map(({ id, name }) => element("option", { value: id }, name)));
  }

  #clear() {
    this.error.textContent = "";
    this.report.replaceChildren();
  }

  async #send(dryRun) {
    this.#clear();
    const file = this.file.files[0];
    const type = TYPES[file?.name.split(".").at(-1).toLowerCase()];
    const wrong = !file ? "Choose a file." : !type ? "The name of the file is to end in .ics, .csv, .json or .zip." : file.size > MOST_BYTES ? "The file is larger than 10 MiB; send it in parts." : "";
    if (wrong) {
      this.error.textContent = wrong;
      return this.file.focus();
    }
    for (const button of this.buttons) button.disabled = true;
    try {
      this.report.replaceChildren(element("p", {}, "Reading the file…"));
      const report = await importFile(file.slice(0, file.size, type), { dry_run: String(dryRun), ...(this.list.value ? { list_id: this.list.value } : {}) });
      this.report.replaceChildren(...told(report));
      if (!dryRun) await this.imported();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#clear();
      this.error.textContent = problem.text;
    } finally {
      for (const button of this.buttons) button.disabled = false;
    }
  }
}

/** The report in words, with what was left out and why. */
function told({ dry_run: dry, created, updated, unchanged, skipped, skipped_count: left, remarks, remark_count: remarked }) {
  const counts = [
    [created, dry ? "would be added" : "added"],
    [updated, dry ? "would be changed" : "changed"],
    [unchanged, "as they were"],
    [left, "left out"],
  ];
  const words = counts.filter(([count]) => count).map(([count, what]) => `${count.toLocaleString()} ${what}`);
  return [
    element("p", { class: "sum" }, words.length ? `${words.join(", ")}.` : "The file has no tasks."),
    notes("Left out, and why", skipped, left),
    notes("Taken, but for this", remarks, remarked),
  ].filter(Boolean);
}

function notes(title, all, count) {
  if (!count) return null;
  const more = count > all.length ? element("p", {}, `and ${(count - all.length).toLocaleString()} more`) : null;
  const rows = all.map(({ where, title: name, reason }) => element("li", {}, element("strong", {}, name ?? where), `: ${reason}`, name ? element("small", {}, ` (${where})`) : null));
  return element("details", { open: count <= 20 }, element("summary", {}, `${title} (${count.toLocaleString()})`), element("ul", {}, ...rows), more);
}
