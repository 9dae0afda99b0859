/** Editing a task in its row. */

import { Problem, changeTask } from "./api.js";
import { element } from "./element.js";
import { fieldInputs } from "./fields.js";
import { placeInputs } from "./place.js";
import { remindersField } from "./reminding.js";
import { subtasksField } from "./subtasks.js";

const DUE_FIELDS = ["due", "due_on", "due_local", "due_at", "zone"];

function dueOf(task, wallInZone) {
  const wall = task.due_on ?? task.due_local?.slice(0, 16) ?? wallInZone?.slice(0, 16) ?? "";
  return { date: wall.slice(0, 10), time: wall.slice(11, 16) };
}

/**
 * The members of PATCH /tasks/{id} that differ from the task. A time keeps the task's own zone.
 * @param {any} task @param {{title: string, notes: string, date: string, time: string, reminders: any[]}} form
 * @param {{date: string, time: string}} before @param {string} zone the person's
 */
export function changesOf(task, form, before, zone) {
  const changes = {};
  if (form.title !== task.title) changes.title = form.title;
  if (form.notes !== task.notes) changes.notes = form.notes;
  if (JSON.stringify(form.reminders) !== JSON.stringify(task.reminders)) changes.reminders = form.reminders;
  if (form.date === before.date && form.time === before.time) return changes;
  if (!form.date) return { ...changes, due_on: null, due_local: null };
  if (!form.time) return { ...changes, due_on: form.date };
  return { ...changes, due_local: `${form.date}T${form.time}:00`, zone: task.due_local ? task.zone : zone };
}

function field(label, input, extra = null) {
  return element("label", { class: `field field-${input.name}` }, element("span", {}, label), input, extra);
}

/**
 * Opens the form in the row; it closes on save, cancel or Escape.
 * @param {HTMLLIElement} row @param {any} task
 * @param {{zone: string, wall: string|null}} person the person's zone, and the due time there
 * @param {{saved: (task: any) => void, closed: () => void, scope: () => Promise<string|null>, skip: () => void, flow: () => void, remove: () => void,
 *   undo: import("./undo.js").Undo, place: {lists: any[], membersOf: (list: string) => Promise<any[]>, me: string, failed: (problem: Error) => void}}} then
 *   `scope` asks which occurrences of a recurring task are meant
 */
export function openEditor(row, task, { zone, wall }, then) {
  if (row.classList.contains("editing")) return;
  const before = dueOf(task, wall);
  const recurs = task.rrule && task.status === "open";
  const title = element("input", { name: "title", required: true, maxlength: 500, autocomplete: "off" });
  const date = element("input", { name: "date", type: "date" });
  const time = element("input", { name: "time", type: "time" });
  const notes = element("textarea", { name: "notes", rows: 2 });
  [title.value, date.value, time.value, notes.value] = [task.title, before.date, before.time, task.notes];
  const fields = fieldInputs(task);
  const place = placeInputs(task, then.place);
  const reminders = remindersField("Remind me, besides when it is due", task.reminders, zone);
  const error = element("p", { class: "error", role: "alert" });
  const save = element("button", { type: "submit", class: "primary" }, "Save");
  const elsewhere = task.zone && task.zone !== zone ? element("small", {}, task.zone) : null;
  const close = () => {
    row.classList.remove("editing");
    then.closed();
  };
  const form = element(
    "form",
    { class: "editor", "aria-label": `Edit ${task.title}`, novalidate: true },
    field("Title", title),
    field("Date", date),
    field("Time", time, elsewhere),
    reminders.node,
    ...fields.nodes,
    ...place.nodes,
    field("Notes", notes),
    shownNotes(notes),
    subtasksField(task, then.undo),
    error,
    element(
      "div",
      { class: "buttons" },
      save,
      element("button", { type: "button", onclick: close }, "Cancel"),
      recurs ? element("button", { type: "button", onclick: () => (close(), then.skip()) }, "Skip") : null,
      element("button", { type: "button", onclick: then.flow }, "What happened"),
      element("button", { type: "button", class: "danger push", onclick: then.remove }, "Delete…"),
    ),
  );
  form.addEventListener("keydown", (event) => {
    const submit = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (event.key !== "Escape" && !submit) return;
    event.preventDefault();
    event.stopPropagation();
    if (submit) form.requestSubmit();
    else close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = { title: title.value.trim(), notes: notes.value, date: date.value, time: time.value, reminders: reminders.value() };
    const wrong = !values.title ? title : values.time && !values.date ? date : null;
    for (const input of [title, date, time, notes]) input.removeAttribute("aria-invalid");
    if (wrong) return refuse(wrong, wrong === title ? "A task needs a title." : "A time needs a date.");
    const changes = { ...changesOf(task, values, before, zone), ...fields.changes(), ...place.changes() };
    if (!Object.keys(changes).length) return close();
    if (recurs) changes.scope = await then.scope();
    if (changes.scope === null) return;
    save.disabled = true;
    try {
      const changed = await changeTask(task.id, changes);
      close();
      then.saved(changed);
    } catch (problem) {
      save.disabled = false;
      if (!(problem instanceof Problem)) throw problem;
      const named = problem.errors[0]?.field ?? "";
      refuse({ notes, title }[named] ?? (DUE_FIELDS.includes(named) ? date : fields.input(named)), problem.text);
    }
  });
  function refuse(input, text) {
    error.textContent = text;
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }
  row.classList.add("editing");
  row.replaceChildren(form);
  title.focus();
  title.select();
}

/** Below the box with the notes what they look like, where that is not as they are written. */
function shownNotes(box) {
  const shown = element("div", { class: "shown-notes" });
  const show = async () => {
    const { rendered } = await import("./markdown.js");
    shown.replaceChildren(rendered(box.value) ?? "");
  };
  box.addEventListener("input", show);
  if (box.value) show();
  return shown;
}
