/**
 * Due times as people read them. A `wall` is a wall-clock time in the person's zone, as text
 * (`2026-11-23T09:00:00`, or `2026-11-23` for a whole day): such texts compare as times do.
 */

const SECTIONS = ["overdue", "today", "tomorrow", "upcoming", "someday"];
export { SECTIONS };

const DAY_MS = 86_400_000;
const formats = new Map();

function format(zone, options, locale = undefined) {
  const key = JSON.stringify([locale, zone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }));
  return formats.get(key);
}

const WALL = {
  year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
};

/** The browser's IANA zone. */
export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/**
 * The wall-clock time of a moment in a zone.
 * @param {Date} moment
 * @param {string} zone IANA name
 */
export function wallOf(moment, zone) {
  const part = {};
  for (const { type, value } of format(zone, WALL, "en-GB").formatToParts(moment)) part[type] = value;
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
}

/** A wall as if it were UTC, for differences and formatting. */
const asUtc = (wall) => new Date(wall.length > 10 ? `${wall.slice(0, 19)}Z` : `${wall}T00:00:00Z`);
/** A day so many days later. @param {string} day @param {number} days */
export const plusDays = (day, days) => new Date(asUtc(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);

/** Walls that were worked out: of thousands of tasks, and each time that the list is drawn. @type {WeakMap<object, [string, string]>} */
const walls = new WeakMap();

/**
 * When a task is due, as a wall in `zone`; null when it has no date. A floating time is the same everywhere.
 * @returns {string|null}
 */
export function dueWall(task, zone) {
  if (task.due_on) return task.due_on;
  if (task.due_local && !task.zone) return task.due_local.slice(0, 19);
  if (!task.due_at) return null;
  const known = walls.get(task);
  if (known?.[0] === zone) return known[1];
  const wall = wallOf(new Date(task.due_at), zone);
  walls.set(task, [zone, wall]);
  return wall;
}

/**
 * Where the list shows an open task.
 * @param {string|null} due its wall
 * @param {string} now the present wall
 * @returns {"overdue"|"today"|"tomorrow"|"upcoming"|"someday"}
 */
export function sectionOf(due, now) {
  if (!due) return "someday";
  const today = now.slice(0, 10);
  const day = due.slice(0, 10);
  if (day < today || (due.length > 10 && due < now)) return "overdue";
  if (day === today) return "today";
  return day === plusDays(today, 1) ? "tomorrow" : "upcoming";
}

const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

function dayText(day, today) {
  const days = Math.round((asUtc(day) - asUtc(today)) / DAY_MS);
  if (Math.abs(days) <= 1) return capital(new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day"));
  if (days > 1 && days < 7) return format("UTC", { weekday: "long" }).format(asUtc(day));
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" };
  return format("UTC", { weekday: "short", day: "numeric", month: "short", ...year }).format(asUtc(day));
}

/** A day as the head of what is due on it: what it is called, and its date. @param {string} day @param {string} today */
export function dayTitle(day, today) {
  const days = Math.round((asUtc(day) - asUtc(today)) / DAY_MS);
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" };
  const date = format("UTC", { weekday: "long", day: "numeric", month: "long", ...year }).format(asUtc(day));
  if (Math.abs(days) > 1) return date;
  return `${capital(new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day"))} · ${date}`;
}

/** A day in short, such as Sat 28 Nov. @param {string} day */
export const shortDay = (day) => format("UTC", { weekday: "short", day: "numeric", month: "short" }).format(asUtc(day));

/** A time of day in the person's language, such as 09:00 or 9:00 AM. */
export const timeText = (wall) => format("UTC", { timeStyle: "short" }).format(asUtc(wall));

/**
 * A due time in words, in the person's language: the day (unless `section` says it) and the time.
 * @param {string} due wall @param {string} now wall @param {string} [section]
 */
export function dueText(due, now, section = "") {
  const time = due.length > 10 ? timeText(due) : null;
  const named = section === "today" || section === "tomorrow";
  if (named) return time ?? "All day";
  const day = dayText(due.slice(0, 10), now.slice(0, 10));
  return time ? `${day}, ${time}` : day;
}

/** Today, in full words. @param {string} now wall */
export const todayText = (now) => format("UTC", { weekday: "long", day: "numeric", month: "long" }).format(asUtc(now));

/**
 * How long ago or ahead a moment is, such as "5 minutes ago".
 * @param {string} moment RFC 3339 @param {Date} now
 */
export function relativeText(moment, now) {
  const seconds = (new Date(moment) - now) / 1000;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(0, "second");
}

/**
 * Milliseconds until some task changes its section by itself: the next due moment, or midnight; an hour at most,
 * because a change of the clocks may lie between.
 * @param {(string|null)[]} dues walls @param {string} now wall
 */
export function untilNextChange(dues, now) {
  const next = dues.reduce(
    (soonest, due) => (due && due.length > 10 && due >= now && due < soonest ? due : soonest),
    plusDays(now.slice(0, 10), 1),
  );
  return Math.min(asUtc(next) - asUtc(now) + 1_000, 3_600_000);
}
