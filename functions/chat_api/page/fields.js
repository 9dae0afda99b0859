/** Labels, priority, deadline and estimate of a task: in its row, and as fields of its form. */

import { element } from "./element.js";
import { spanText } from "./reminding.js";
import { dueText } from "./time.js";

const PRIORITIES = [[1, "1, the highest"], [2, "2"], [3, "3"], [4, "None"]];

/**
 * What the row of a task says of them.
 * @param {any} task @param {string} now the person's wall-clock time
 * @returns {HTMLElement[]}
 */
export function fieldMarks(task, now) {
  const mark = (name, words) => element("span", { class: name }, words);
  const marks = [];
  if (task.priority < 4) marks.push(element("span", { class: `priority p${task.priority}`, title: "Priority" }, `p${task.priority}`));
  if (task.deadline_on && task.status === "open") marks.push(mark("deadline", `by ${dueText(task.deadline_on, now)}`));
  if (task.estimate_minutes) marks.push(mark("estimate", `takes ${spanText(task.estimate_minutes)}`));
  for (const label of task.labels) marks.push(mark("label", `@${label}`));
  if (task.parent_id) marks.push(mark("note", "Subtask"));
  return marks;
}

/** An input of a form with its label. @param {string} label @param {any} input */
export function field(label, input) {
  return element("label", { class: `field field-${input.name}` }, element("span", {}, label), input);
}

/**
 * The fields of a form, filled from the task. `changes` are the members of PATCH /tasks/{id} that differ.
 * @param {any} task
 * @returns {{nodes: HTMLElement[], changes: () => any, input: (name: string) => HTMLElement|null}}
 */
export function fieldInputs(task) {
  const options = PRIORITIES.map(([value, words]) => element("option", { value, selected: value === task.priority }, words));
  const inputs = {
    labels: element("input", { name: "labels", autocomplete: "off", autocapitalize: "none", placeholder: "home waiting-for" }),
    priority: element("select", { name: "priority" }, ...options),
    deadline_on: element("input", { name: "deadline_on", type: "date" }),
    estimate_minutes: element("input", { name: "estimate_minutes", type: "number", min: 1, max: 527_040, inputmode: "numeric" }),
  };
  inputs.labels.value = task.labels.join(" ");
  inputs.deadline_on.value = task.deadline_on ?? "";
  inputs.estimate_minutes.value = task.estimate_minutes ?? "";
  const values = () => ({
    labels: inputs.labels.value.split(/[\s,]+/).map((label) => label.replace(/^@/, "")).filter(Boolean),
    priority: Number(inputs.priority.value),
    deadline_on: inputs.deadline_on.value || null,
    estimate_minutes: inputs.estimate_minutes.value ? Number(inputs.estimate_minutes.value) : null,
  });
  const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(task[name]);
  return {
    nodes: [
      field("Labels", inputs.labels),
      field("Priority", inputs.priority),
      field("Deadline", inputs.deadline_on),
      field("Minutes it takes", inputs.estimate_minutes),
    ],
    changes: () => Object.fromEntries(Object.entries(values()).filter(differs)),
    input: (name) => inputs[name.split(".")[0]] ?? null,
  };
}
