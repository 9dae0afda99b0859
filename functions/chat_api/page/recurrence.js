/** The common RRULEs (RFC 5545 §3.3.10) in words. */

const UNITS = { HOURLY: "hour", DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const DAYS = { MO: "Monday", TU: "Tuesday", WE: "Wednesday", TH: "Thursday", FR: "Friday", SA: "Saturday", SU: "Sunday" };
const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const POSITIONS = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", "-1": "last" };
const WORDED = new Set(["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST", "SKIP", "RSCALE"]);

const listed = new Intl.ListFormat("en", { type: "conjunction" });

function ordinal(number) {
  if (number === -1) return "last day";
  const suffix = { one: "st", two: "nd", few: "rd", other: "th" }[new Intl.PluralRules("en", { type: "ordinal" }).select(number)];
  return `${number}${suffix}`;
}

function dayPhrase(byday, unit) {
  const days = byday.split(",");
  if (days.some((day) => day.length > 2)) {
    const worded = days.map((day) => [POSITIONS[day.slice(0, -2)], DAYS[day.slice(-2)]]);
    return worded.every(([position, name]) => position && name)
      ? ` on the ${listed.format(worded.map((words) => words.join(" ")))}`
      : null;
  }
  if (unit !== "week" && unit !== "day") return null;
  return ` on ${listed.format(days.map((day) => (days.length > 2 ? DAYS[day]?.slice(0, 3) : DAYS[day]) ?? day))}`;
}

/**
 * A rule in words, such as "every 2 weeks on Monday"; "repeats" for one that this page has no words for.
 * @param {string} rrule with or without the leading `RRULE:`
 */
export function recurrenceText(rrule) {
  const rule = Object.fromEntries(rrule.replace(/^RRULE:/i, "").toUpperCase().split(";").map((part) => part.split("=")));
  const unit = UNITS[rule.FREQ];
  const interval = Number(rule.INTERVAL ?? 1);
  if (!unit || Object.keys(rule).some((part) => !WORDED.has(part))) return "repeats";
  let text = interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`;
  const daysOf = interval === 1 && (unit === "week" || unit === "day") ? rule.BYDAY?.split(",").sort().join() : null;
  if (daysOf === "FR,MO,TH,TU,WE") text = "every weekday";
  else if (daysOf && unit === "week" && !daysOf.includes(",")) {
    text = `every ${DAYS[rule.BYDAY] ?? "week"}`;
  } else if (rule.BYDAY) {
    const phrase = dayPhrase(rule.BYDAY, unit);
    if (phrase === null) return "repeats";
    text += phrase;
  }
  if (rule.BYMONTHDAY) {
    const days = rule.BYMONTHDAY.split(",").map(Number);
    if (days.some((day) => day < -1)) return "repeats";
    text += ` on the ${listed.format(days.map(ordinal))}`;
  }
  if (rule.BYMONTH) text += ` ${rule.BYMONTHDAY || rule.BYDAY ? "of" : "in"} ${listed.format(rule.BYMONTH.split(",").map((month) => MONTHS[month - 1]))}`;
  if (rule.COUNT) text += `, ${rule.COUNT} times`;
  if (rule.UNTIL) text += `, until ${rule.UNTIL.slice(0, 4)}-${rule.UNTIL.slice(4, 6)}-${rule.UNTIL.slice(6, 8)}`;
  return text;
}
