/** What each view shows: which tasks, in which sections. Pure: the same tasks at the same time give the same sections. */

import { SECTIONS, dayTitle, dueWall, plusDays, sectionOf, wallOf } from "./time.js";

const TITLES = { overdue: "Overdue", today: "Today", tomorrow: "Tomorrow", upcoming: "Upcoming", someday: "No date" };
/** The views that show tasks. */
export const OF_TASKS = ["today", "upcoming", "all", "done", "list", "search", "filter"];
const MOST_DONE = 20;
const EMPTY_DAYS = 7;
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byDue = (a, b) => byText(a.due ?? "", b.due ?? "") || byText(a.task.created_at, b.task.created_at);
const byCompletion = (a, b) => byText(b.task.completed_at ?? "", a.task.completed_at ?? "");

/**
 * A task with its due time in the person's zone and the section of that; `expected`: its series will bring it.
 * @typedef {{task: any, due: string|null, section: string, expected?: boolean, more?: boolean}} Entry
 * @typedef {{key: string, title: string, entries: Entry[], folded?: boolean, late?: boolean}} Section
 */

/** Every task with when it is due. @param {any[]} tasks @param {string} zone @param {string} now wall @returns {Entry[]} */
export function survey(tasks, zone, now) {
  return tasks.map((task) => {
    const due = dueWall(task, zone);
    return { task, due, section: task.status === "done" ? "done" : sectionOf(due, now) };
  });
}

/**
 * The sections of a view, those without entries left out; days of Upcoming are kept for a week.
 * @param {import("./router.js").View} view @param {Entry[]} all @param {{now: string, zone: string, expected: any[], days: number, found: string[]|null}} with
 * @returns {Section[]}
 */
export function sectionsOf(view, all, { now, zone, expected, days, found }) {
  if (!OF_TASKS.includes(view.name)) return [];
  if (view.name === "upcoming") return upcoming(all, expected, now, days);
  if (view.name === "search" || view.name === "filter") return looked(all, found);
  if (view.name === "done") return done(all, zone, now);
  const names = view.name === "today" ? ["overdue", "today"] : SECTIONS;
  const shown = view.name === "list" ? all.filter(({ task }) => task.list_id === view.id) : all;
  const sections = names.map((name) => dated(name, shown.filter(({ section }) => section === name)));
  if (view.name !== "today") {
    const closed = shown.filter(({ section }) => section === "done").sort(byCompletion).slice(0, MOST_DONE);
    sections.push({ key: "done", title: "Done", entries: closed, folded: true });
  }
  return sections.filter(({ entries }) => entries.length);
}

const dated = (name, entries) => ({ key: name, title: TITLES[name], entries: entries.sort(byDue), late: name === "overdue" });

function upcoming(all, expected, now, days) {
  const today = now.slice(0, 10);
  const end = plusDays(today, days);
  const byDay = new Map();
  const open = new Set();
  for (const entry of all) {
    open.add(entry.task.id);
    const day = entry.due?.slice(0, 10);
    if (entry.section === "done" || entry.section === "overdue" || !day || day >= end) continue;
    byDay.set(day, [...(byDay.get(day) ?? []), entry]);
  }
  for (const { at, task, more_that_day: more } of expected) {
    const day = at.slice(0, 10);
    if (open.has(task.id) || day < today || day >= end) continue; // brought meanwhile
    byDay.set(day, [...(byDay.get(day) ?? []), { task, due: at.slice(0, 19), section: "today", expected: true, more }]);
  }
  const sections = [dated("overdue", all.filter(({ section }) => section === "overdue"))].filter(({ entries }) => entries.length);
  for (let offset = 0; offset < days; offset += 1) {
    const day = plusDays(today, offset);
    const entries = (byDay.get(day) ?? []).map((entry) => ({ ...entry, section: "today" })).sort(byDue);
    if (entries.length || offset < EMPTY_DAYS) sections.push({ key: `day-${day}`, title: dayTitle(day, today), entries });
  }
  return sections;
}

function looked(all, found) {
  if (!found?.length) return [];
  const byId = new Map(all.map((entry) => [entry.task.id, entry]));
  const entries = found.flatMap((id) => byId.get(id) ?? []).map((entry) => ({ ...entry, section: "found" }));
  return entries.length ? [{ key: "found", title: "Found", entries }] : [];
}

function done(all, zone, now) {
  const sections = new Map();
  for (const entry of all.filter(({ section }) => section === "done").sort(byCompletion)) {
    const day = wallOf(new Date(entry.task.completed_at), zone).slice(0, 10);
    if (!sections.has(day)) sections.set(day, { key: `done-${day}`, title: dayTitle(day, now.slice(0, 10)), entries: [] });
    sections.get(day).entries.push(entry);
  }
  return [...sections.values()];
}
