/** When a task's reminders ring: in words, and as a field of a form. */

import { element } from "./element.js";
import { dueText, wallOf } from "./time.js";

const UNITS = [["week", 10_080], ["day", 1_440], ["hour", 60], ["minute", 1]];
const OFFERED = [
  { minutes_before: 10 }, { minutes_before: 30 }, { minutes_before: 60 }, { minutes_before: 1_440 },
  { time: "08:00:00", days_before: 0 }, { time: "18:00:00", days_before: 1 },
  { every_minutes: 30 }, { every_minutes: 60 },
];

/** "2 hours". @param {number} minutes */
export function spanText(minutes) {
  const [unit, size] = UNITS.find(([, size]) => minutes % size === 0);
  const amount = minutes / size;
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

/**
 * A reminder in words, such as "10 minutes before" or "every hour until done".
 * @param {any} reminder as the API has it
 * @param {string} zone the person's
 */
export function reminderText(reminder, zone) {
  if (reminder.at) return dueText(wallOf(new Date(reminder.at), zone), wallOf(new Date(), zone));
  if (reminder.every_minutes) return `every ${spanText(reminder.every_minutes).replace(/^1 /, "")} until done`;
  if (reminder.time) {
    const day = reminder.days_before ? `${spanText(reminder.days_before * 1_440)} before` : "on the day";
    return `${day} at ${reminder.time.slice(0, 5)}`;
  }
  const start = reminder.related === "start";
  if (!reminder.minutes_before) return "at the start";
  return `${spanText(reminder.minutes_before)} before${start ? " the start" : ""}`;
}

/**
 * A field that shows reminders and lets one add and take away.
 * @param {string} label @param {any[]} reminders @param {string} zone the person's
 * @returns {{node: HTMLElement, value: () => any[]}}
 */
export function remindersField(label, reminders, zone) {
  let chosen = [...reminders];
  const chips = element("span", { class: "chosen" });
  const add = element("select", { name: "reminder", "aria-label": `${label}: add` });
  const words = (reminder) => reminderText(reminder, zone);
  const draw = () => {
    const taken = new Set(chosen.map(words));
    chips.replaceChildren(...chosen.map((reminder) => chip(reminder)));
    const left = OFFERED.filter((offer) => !taken.has(words(offer)));
    add.replaceChildren(element("option", { value: "" }, "Add…"), ...left.map((offer) => element("option", { value: JSON.stringify(offer) }, words(offer))));
  };
  const chip = (reminder) => {
    const remove = () => {
      chosen = chosen.filter((other) => other !== reminder);
      draw();
      add.focus();
    };
    return element("button", { type: "button", class: "chip", "aria-label": `Remove: ${words(reminder)}`, onclick: remove }, words(reminder), element("span", { "aria-hidden": "true" }, "×"));
  };
  add.addEventListener("change", () => {
    if (add.value) chosen.push(JSON.parse(add.value));
    draw();
  });
  draw();
  const node = element("div", { class: "field field-reminders", role: "group", "aria-label": label }, element("span", {}, label), element("div", { class: "reminders" }, chips, add));
  return { node, value: () => chosen };
}
