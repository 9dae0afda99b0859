/** The subtasks of a task, in its form: shown, added, completed. */

import { Problem, completeTask, createTask, readSubtasks, reopenTask } from "./api.js";
import { element } from "./element.js";

/**
 * The list itself hears of each by the stream, as of what another client does.
 * @param {any} task @param {import("./undo.js").Undo} undo what is done here is taken back as what is done elsewhere
 * @returns {HTMLElement}
 */
export function subtasksField(task, undo) {
  const list = element("ul", { class: "subtasks", role: "list" });
  const title = element("input", { name: "subtask", "aria-label": "Add a subtask", placeholder: "Add a subtask", maxlength: 500, autocomplete: "off" });
  const add = element("button", { type: "button" }, "Add");
  const error = element("p", { class: "error", role: "alert" });
  const attempt = async (work) => {
    error.textContent = "";
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.textContent = problem.text;
      return null;
    }
  };
  const change = (work) =>
    undo.doing(
      attempt(async () => {
        const changed = await work();
        undo.changed(changed);
        return changed;
      }),
    );
  const line = (part) => {
    const check = element("input", { type: "checkbox", class: "check", "aria-label": part.title });
    check.checked = part.status === "done";
    const node = element("li", {}, check, element("span", {}, part.title));
    check.addEventListener("change", async () => {
      const done = await change(() => (check.checked ? completeTask : reopenTask)(part.id));
      if (!done) check.checked = !check.checked;
    });
    return node;
  };
  const create = async () => {
    const words = title.value.trim();
    if (!words || add.disabled) return;
    add.disabled = true;
    const made = await change(() => createTask({ title: words, parent_id: task.id }));
    add.disabled = false;
    if (!made) return;
    title.value = "";
    list.append(line(made));
    title.focus();
  };
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // it adds this one, and leaves the form open
    create();
  });
  add.addEventListener("click", create);
  attempt(() => readSubtasks(task.id)).then((parts) => list.prepend(...(parts ?? []).map(line)));
  const open = task.status === "open" ? element("div", { class: "pair" }, title, add) : null;
  return element("div", { class: "field field-subtasks", role: "group", "aria-label": "Subtasks" }, element("span", {}, "Subtasks"), list, open, error);
}
