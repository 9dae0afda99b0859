/** The page's two dialogs: the keys, and the question before something is deleted. */

import { byId } from "./element.js";

/** Answers the question that is open; an event that comes late must not answer the next one. */
let answer = () => {};

/** Shows the keys. */
export function showHelp() {
  byId("help").showModal();
}

/**
 * Asks before a task is deleted.
 * @param {any} task
 * @returns {Promise<boolean>} whether to delete it
 */
export function confirmDelete(task) {
  byId("confirm-title").textContent = task.title;
  byId("confirm-series").hidden = !task.rrule;
  byId("confirm").showModal();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

/** Wires what closes a dialog: its buttons, the backdrop and Escape. */
export function wireDialogs() {
  const confirm = byId("confirm");
  byId("confirm-delete").addEventListener("click", () => answer(true)); // the first answer counts
  confirm.addEventListener("close", () => !confirm.open && answer(false));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      const button = dialog.querySelector("form") ? "[data-close]" : "button"; // those of a form are its own
      if (event.target === dialog || event.target.closest(button)) dialog.close();
    });
  }
}
