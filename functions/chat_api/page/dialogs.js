/** The page's dialogs: the keys, the question before something is deleted, and which of a series are meant. */

import { Problem } from "./api.js";
import { byId, element } from "./element.js";
import { plusDays, shortDay } from "./time.js";

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
 * Asks before something is deleted.
 * @param {string} question @param {string} title what it is
 * @returns {Promise<boolean>} whether to delete it
 */
export function confirmDelete(question, title) {
  byId("confirm-question").textContent = question;
  byId("confirm-title").textContent = title;
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

/**
 * Asks to which day a task is put off.
 * @param {any} task @param {string} today
 * @returns {Promise<string|null|undefined>} a day, null: no date, undefined: it stays
 */
export function askDay(task, today) {
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay() || 7; // Monday is 1
  const choices = [
    ["Today", today],
    ["Tomorrow", plusDays(today, 1)],
    ["This Saturday", plusDays(today, weekday < 6 ? 6 - weekday : 13 - weekday)],
    ["Next Monday", plusDays(today, 8 - weekday)],
  ];
  const buttons = choices.map(([words, day]) =>
    element("button", { type: "button", value: day }, words, element("small", {}, shortDay(day))),
  );
  if (!task.rrule && (task.due_on || task.due_local)) buttons.push(element("button", { type: "button", value: "none" }, "No date"));
  byId("schedule-task").textContent = task.title;
  byId("schedule-days").replaceChildren(...buttons);
  byId("schedule-date").value = "";
  byId("schedule").showModal();
  buttons[1].focus();
  return new Promise((resolve) => {
    answer = (day) => resolve(day === "none" ? null : (day ?? undefined));
  });
}

/**
 * Asks for a name, until it is taken.
 * @param {string} title @param {string} name to begin with @param {(name: string) => Promise<void>} save
 */
export function askName(title, name, save) {
  const form = byId("name-form");
  const refuse = (text) => {
    byId("name-error").textContent = text;
    form.elements.name.focus();
  };
  byId("name-title").textContent = title;
  byId("name-error").textContent = "";
  form.elements.name.value = name;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const given = form.elements.name.value.trim();
    if (!given) return refuse("Write a name.");
    try {
      await save(given);
      byId("naming").close();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refuse(problem.text);
    }
  };
  byId("naming").showModal();
  form.elements.name.select();
}

/** Wires what closes a dialog: its buttons, the backdrop and Escape. */
export function wireDialogs() {
  const confirm = byId("confirm");
  const scope = byId("scope");
  scope.addEventListener("click", (event) => event.target.value && answer(event.target.value));
  scope.addEventListener("close", () => !scope.open && answer(null));
  const schedule = byId("schedule");
  schedule.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const day = button?.id === "schedule-set" ? byId("schedule-date").value : button?.value;
    if (day) answer(day);
  });
  byId("schedule-date").addEventListener("keydown", (event) => event.key === "Enter" && byId("schedule-set").click());
  schedule.addEventListener("close", () => !schedule.open && answer(null));
  byId("confirm-delete").addEventListener("click", () => answer(true)); // the first answer counts
  confirm.addEventListener("close", () => !confirm.open && answer(false));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      const button = dialog.querySelector("form") ? "[data-close]" : "button"; // those of a form are its own
      if (event.target === dialog || event.target.closest(button)) dialog.close();
    });
  }
}
