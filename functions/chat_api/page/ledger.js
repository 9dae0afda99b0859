/** What became of the reminders: when each was to ring, when it did, and how it went on each channel. */

import { readLedger, readMisses } from "./api.js";
import { byId, element } from "./element.js";
import { addressOf } from "./router.js";
import { dueText, timeText, wallOf } from "./time.js";

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]];
const MOST_MISSED = 10_000; // no more are counted
const CHANNELS = { "in-app": "here", email: "e-mail", webhook: "webhook" };

/** The view of what became of the reminders. */
export class Ledger {
  /** @type {string|null} */
  #cursor = null;

  /** @param {{zone: () => string, failed: (problem: Error) => void}} ports */
  constructor({ zone, failed }) {
    this.zone = zone;
    this.failed = failed;
    this.rows = byId("ledger-rows");
    this.misses = byId("ledger-misses");
    byId("ledger-more").addEventListener("click", () => this.#read());
  }

  /** Shows the reminders that rang, the latest first. */
  open() {
    this.#cursor = null;
    this.rows.replaceChildren();
    this.misses.replaceChildren();
    return Promise.all([this.#read(), this.#readMisses()]);
  }

  async #readMisses() {
    try {
      const { misses } = await readMisses();
      const now = wallOf(new Date(), this.zone());
      this.misses.replaceChildren(...misses.map((miss) => this.#miss(miss, now)));
    } catch (problem) {
      this.failed(problem);
    }
  }

  #miss({ title, missed, first_at: first, last_at: last, catch_up: policy }, now) {
    const at = (moment) => dueText(wallOf(new Date(moment), this.zone()), now);
    const times = missed === 1 ? `once, ${at(first)},` : `${missed.toLocaleString()} times${missed === MOST_MISSED ? " or more" : ""} between ${at(first)} and ${at(last)}`;
    const rest = policy === "latest" ? "the latest was told" : "none was told, as you chose";
    return element(
      "li",
      {},
      element("span", { class: "what" }, title),
      element("span", { class: "about" }, `Missed ${times} while the service was off; ${rest}`),
    );
  }

  async #read() {
    try {
      const { entries, next_cursor: cursor } = await readLedger(this.#cursor);
      this.#cursor = cursor;
      const now = wallOf(new Date(), this.zone());
      this.rows.append(...entries.map((entry) => this.#row(entry, now)));
      byId("ledger-more").hidden = cursor === null;
      byId("ledger-none").hidden = this.rows.childElementCount > 0;
    } catch (problem) {
      this.failed(problem);
    }
  }

  #row(entry, now) {
    const rang = entry.channels.length ? "" : "; nobody was told: the task was closed, or its series leaves out what is late";
    return element(
      "li",
      {},
      element("a", { class: "what", href: addressOf("flow", entry.task_id) }, entry.title),
      element("span", { class: "about" }, `${dueText(wallOf(new Date(entry.remind_at), this.zone()), now)}, ${late(entry.lateness_ms)}${rang}`),
      element("span", { class: "channels" }, ...entry.channels.map((channel) => this.#channel(channel))),
    );
  }

  #channel({ channel, status, attempts, attempted_at: attempted, lateness_ms: lateness, last_error: error }) {
    const name = CHANNELS[channel];
    const tries = attempts > 1 ? `, attempt ${attempts}` : "";
    const at = attempted ? ` at ${timeText(wallOf(new Date(attempted), this.zone()))}` : "";
    const text =
      status === "delivered" ? `${name}: ${late(lateness)}${tries}` : status === "failed" ? `${name}: failed${at}${tries}` : `${name}: being sent${tries}`;
    return element("span", { class: `channel ${status}`, title: error }, text);
  }
}

/** @param {number} ms how long after its moment */
function late(ms) {
  if (ms < 1_000) return "on time";
  const [unit, size] = UNITS.find(([, least]) => ms >= least);
  const amount = ms / size;
  return `${new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount)} late`;
}
