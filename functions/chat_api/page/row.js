/** One task as a row of the list. */

import { element, icon } from "./element.js";
import { fieldMarks } from "./fields.js";
import { recurrenceText } from "./recurrence.js";
import { reminderText } from "./reminding.js";
import { dueText, timeText } from "./time.js";

/**
 * What a person can do to the task of a row.
 * @typedef {object} RowActions
 * @property {(id: string) => void} toggle completes an open task, reopens a done one
 * @property {(id: string) => void} edit
 * @property {(id: string) => void} skip lets an open occurrence of a series pass
 * @property {(id: string) => void} schedule puts it off to another day
 * @property {(id: string) => void} flow shows what happened to it
 * @property {(id: string) => void} remove
 */

function dueLine(task, due, now, section) {
  if (!due || task.status === "done") return null;
  const elsewhere = task.zone && task.due_local && timeText(task.due_local) !== timeText(due);
  return element(
    "span",
    { class: "due", title: elsewhere ? `${timeText(task.due_local)} in ${task.zone}` : null },
    icon("clock"),
    dueText(due, now, section),
  );
}

function repeatMark(task) {
  return task.rrule ? element("span", { class: "repeat" }, icon("repeat"), recurrenceText(task.rrule)) : null;
}

function reminderMark(task, zone) {
  if (!task.reminders.length || task.status === "done") return null;
  const [first, ...others] = task.reminders.map((reminder) => reminderText(reminder, zone));
  return element("span", { title: [first, ...others].join(", ") }, icon("bell"), others.length ? `${first}, +${others.length}` : first);
}

function action(name, label, run) {
  // Not a tab stop: the title opens the same form, which also deletes.
  return element("button", { type: "button", class: "quiet", tabindex: "-1", title: label, "aria-label": label, onclick: run }, icon(name));
}

/**
 * An empty row for a task; `fillRow` gives it its content.
 * @param {string} id @param {boolean} [expected] its series will bring it: there is nothing to be done yet
 * @returns {HTMLLIElement}
 */
export function newRow(id, expected = false) {
  return element("li", { class: expected ? "row expected" : "row", tabindex: expected ? null : "-1", "data-id": id });
}

/**
 * Draws the task into its row.
 * @param {HTMLLIElement} row @param {any} task
 * @param {{due: string|null, now: string, section: string, zone: string, list: string|null, assignee?: string|null, expected?: boolean, more?: boolean}} when
 *   `list` is shown if it tells something, `assignee` who is to do it @param {RowActions} actions
 */
export function fillRow(row, task, { due, now, section, zone, list = null, assignee = null, expected = false, more = false }, actions) {
  if (expected) return fillExpected(row, task, { due, now, section, list, more });
  const done = task.status === "done";
  const focus = row.contains(document.activeElement) && document.activeElement !== row ? document.activeElement : null;
  row.classList.toggle("done", done);
  const check = element("input", {
    type: "checkbox",
    class: "check",
    "aria-label": `${done ? "Reopen" : "Complete"}: ${task.title}`,
    onchange: () => actions.toggle(task.id),
  });
  check.checked = done;
  const details = [dueLine(task, due, now, section), repeatMark(task), reminderMark(task, zone)];
  if (list) details.push(element("span", { class: "of-list" }, `#${list}`));
  if (assignee) details.push(element("span", { class: "assignee", title: "Who does it" }, icon("people"), `for ${assignee}`));
  details.push(...fieldMarks(task, now));
  if (task.skipped) details.push(element("span", { class: "note" }, "Skipped"));
  if (task.notes) details.push(element("span", { class: "note" }, task.notes.split("\n", 1)[0]));
  row.replaceChildren(
    check,
    element(
      "div",
      { class: "body" },
      element("button", { type: "button", class: "title", title: "Edit", onclick: () => actions.edit(task.id) }, task.title),
      details.some(Boolean) ? element("div", { class: "details" }, ...details) : null,
    ),
    element(
      "div",
      { class: "actions" },
      task.rrule && !done ? action("skip", `Skip: ${task.title}`, () => actions.skip(task.id)) : null,
      action("flow", `What happened: ${task.title}`, () => actions.flow(task.id)),
      done ? null : action("later", `Schedule: ${task.title}`, () => actions.schedule(task.id)),
      action("edit", `Edit: ${task.title}`, () => actions.edit(task.id)),
      action("delete", `Delete: ${task.title}`, () => actions.remove(task.id)),
    ),
  );
  if (focus) (focus.matches(".check, .title") ? row.querySelector(`.${focus.className}`) : row).focus();
}

/** An occurrence to come: lighter, and nothing to press. */
function fillExpected(row, task, { due, now, section, list, more }) {
  const details = [dueLine(task, due, now, section), repeatMark(task)];
  if (more) details.push(element("span", { class: "note" }, "and more that day"));
  if (list) details.push(element("span", { class: "of-list" }, `#${list}`));
  details.push(...fieldMarks(task, now));
  row.replaceChildren(
    element("span", { class: "ring", "aria-hidden": "true" }),
    element(
      "div",
      { class: "body" },
      element("span", { class: "title" }, task.title, element("span", { class: "hidden-text" }, ", to come")),
      element("div", { class: "details" }, ...details),
    ),
  );
}
