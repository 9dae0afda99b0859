/** The page's dialogs: the keys, the question before something is deleted, and which of a series are meant. */

import { byId } from "./element.js";

/** Answers the question that is open; an event that comes late must not answer the next one. */
let answer = () => {};

const SCOPES = {
  change: {
    question: "Change which ones?",
    this: "The others stay as they are.",
    following: "And those to come.",
    all: "Also the title and notes of those that are done.",
    none: "Cancel",
  },
  delete: {
    question: "Delete which ones?",
    this: "The next one comes.",
    following: "It comes no more.",
    all: "Also those that are done.",
    none: "Keep it",
  },
};

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
  byId("confirm").showModal();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

/**
 * Asks which occurrences of a recurring task are meant.
 * @param {any} task @param {"change"|"delete"} verb
 * @returns {Promise<"this"|"following"|"all"|null>} null: none
 */
export function askScope(task, verb) {
  const words = SCOPES[verb];
  byId("scope-question").textContent = words.question;
  byId("scope-title").textContent = task.title;
  byId("scope-none").textContent = words.none;
  for (const button of document.querySelectorAll("#scope button[value]")) {
    button.classList.toggle("danger", verb === "delete");
    byId(`scope-${button.value}`).textContent = words[button.value];
  }
  byId("scope").showModal(); // the first choice has the focus
  if (verb === "delete") byId("scope-none").focus();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

/** Wires what closes a dialog: its buttons, the backdrop and Escape. */
export function wireDialogs() {
  const confirm = byId("confirm");
  const scope = byId("scope");
  scope.addEventListener("click", (event) => event.target.value && answer(event.target.value));
  scope.addEventListener("close", () => !scope.open && answer(null));
  byId("confirm-delete").addEventListener("click", () => answer(true)); // the first answer counts
  confirm.addEventListener("close", () => !confirm.open && answer(false));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      const button = dialog.querySelector("form") ? "[data-close]" : "button"; // those of a form are its own
      if (event.target === dialog || event.target.closest(button)) dialog.close();
    });
  }
}
