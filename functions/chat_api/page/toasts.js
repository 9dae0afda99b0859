/** Messages over the page: short ones that go by themselves, reminders that stay until they are answered. */

import { byId, element, icon } from "./element.js";
import { afterPress } from "./press.js";

const SHORT_MS = 8_000;
const MOST_REMINDERS = 3;
const SNOOZES = [["10 minutes", 10], ["1 hour", 60], ["3 hours", 180], ["1 day", 1_440]];

function toast(place, kind, content, label) {
  const close = () => node.remove();
  const node = element("div", { class: `toast ${kind}`, role: "group", "aria-label": label }, ...content(close));
  byId(place).append(node);
  return { node, close };
}

/**
 * A short message, with a button when it can be answered. It stays while pointed at or focused.
 * @param {string} text
 * @param {{action?: string, run?: () => void, error?: boolean}} [options]
 */
export const say = (text, options) => afterPress(() => tell(text, options));

function tell(text, { action, run, error = false } = {}) {
  byId("messages").replaceChildren();
  const { node, close } = toast("messages", error ? "failed" : "short", (done) => [
    element("p", {}, text),
    action ? element("button", { type: "button", onclick: () => (done(), run()) }, action) : null,
  ], "Message");
  const leave = () => (node.matches(":hover, :focus-within") ? setTimeout(leave, SHORT_MS / 3) : close());
  setTimeout(leave, SHORT_MS);
}

/**
 * A reminder: stays until it is dismissed or its task is completed. Only the newest three are shown.
 * @param {{key: string, taskId: string, title: string, body: string}} reminder
 * @param {{complete: () => void, dismiss: () => void, snooze: (minutes: number) => void}} answers
 */
export const remind = (reminder, answers) => afterPress(() => ring(reminder, answers));

function ring({ key, taskId, title, body }, answers) {
  const place = byId("reminders");
  if ([...place.children].some((node) => node.dataset.key === key)) return;
  const { node } = toast("reminders", "reminder", (done) => [
    element("span", { class: "bell" }, icon("bell")),
    element("div", { class: "words" }, element("p", { class: "what" }, title), element("p", { class: "when" }, body)),
    element(
      "div",
      { class: "buttons" },
      element("button", { type: "button", class: "primary", onclick: () => (done(), answers.complete()) }, "Complete"),
      snoozer((minutes) => (done(), answers.snooze(minutes))),
      element("button", { type: "button", class: "dismiss", onclick: () => (done(), answers.dismiss()) }, "Dismiss"),
    ),
  ], `Reminder: ${title}`);
  node.dataset.key = key;
  node.dataset.task = taskId;
  while (place.children.length > MOST_REMINDERS) place.firstElementChild.remove();
}

function snoozer(choose) {
  const options = SNOOZES.map(([text, minutes]) => element("option", { value: minutes }, text));
  const onchange = (event) => choose(Number(event.target.value));
  return element("select", { class: "snooze", "aria-label": "Remind me again in", onchange }, element("option", { value: "", hidden: true, selected: true }, "Snooze"), ...options);
}

/** Takes away the reminders of a task that is done or deleted, also one that waits for a press to end. @param {string} taskId */
export function forgetReminders(taskId) {
  afterPress(() => {
    for (const node of [...byId("reminders").children]) if (node.dataset.task === taskId) node.remove();
  });
}

/** Dismisses the newest reminder or message. @returns {boolean} whether there was one */
export function dismissNewest() {
  const reminder = byId("reminders").lastElementChild;
  const node = reminder ?? byId("messages").lastElementChild;
  if (reminder) reminder.querySelector(".dismiss").click();
  else node?.remove();
  return Boolean(node);
}
