/** The page's two dialogs: the keys, and the question before something is deleted. */

import { byId } from "./element.js";

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
  const dialog = byId("confirm");
  byId("confirm-title").textContent = task.title;
  byId("confirm-series").hidden = !task.rrule;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", function closed() {
      if (dialog.open) return; // the event of the question before, which comes late, after this one was asked
      dialog.removeEventListener("close", closed);
      resolve(dialog.returnValue === "delete");
    });
  });
}

/** Wires the buttons that close a dialog: `data-close` is the dialog's answer. */
export function wireDialogs() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close(button.dataset.close));
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close("")); // the backdrop
  }
}
