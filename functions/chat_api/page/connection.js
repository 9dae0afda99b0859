/**
 * Whether the server can be reached. A write that meets no server waits and is sent again when it is back, with the
 * Idempotency-Key that it had: whatever came of the first try, it is done once.
 */

import { byId } from "./element.js";

const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 10_000;

class Connection {
  #down = false;
  #waiting = 0;
  #timer = 0;
  #pause = FIRST_PROBE_MS;
  /** @type {(() => void)[]} */
  #resume = [];
  /** Called when the server is back. @type {() => void} */
  whenBack = () => {};

  constructor() {
    addEventListener("online", () => this.#probe());
    addEventListener("offline", () => this.lost());
    addEventListener("beforeunload", (event) => this.#waiting && event.preventDefault());
  }

  get down() {
    return this.#down;
  }

  /** No answer came: says so, and looks for the server until it is there. */
  lost() {
    if (this.#down) return;
    this.#down = true;
    this.#pause = FIRST_PROBE_MS;
    this.#show();
    this.#timer = setTimeout(() => this.#probe(), this.#pause);
  }

  /** Something broke off: looks whether the server is there. */
  async check() {
    if (this.#down || (await reachable())) return;
    this.lost();
  }

  /** Resolves when the server is there again. @returns {Promise<void>} */
  async back() {
    this.#waiting += 1;
    this.#show();
    await new Promise((resolve) => this.#resume.push(() => resolve()));
    this.#waiting -= 1;
  }

  async #probe() {
    clearTimeout(this.#timer);
    if (!this.#down) return;
    if (await reachable()) return this.#found();
    this.#pause = Math.min(this.#pause * 1.5, LONGEST_PROBE_MS);
    this.#timer = setTimeout(() => this.#probe(), this.#pause);
  }

  #found() {
    if (!this.#down) return;
    this.#down = false;
    this.#show();
    for (const resume of this.#resume.splice(0)) resume();
    this.whenBack();
  }

  #show() {
    const banner = byId("banner");
    banner.hidden = !this.#down;
    const changes = this.#waiting === 1 ? "1 change waits" : `${this.#waiting} changes wait`;
    const kept = this.#waiting ? `${changes} and will be sent then. Keep this page open.` : "What you change meanwhile is sent then.";
    const text = this.#down ? `Taskwake can’t be reached; this page comes back by itself. ${kept}` : "";
    if (banner.textContent !== text) banner.textContent = text;
  }
}

async function reachable() {
  return navigator.onLine && fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
}

export const connection = new Connection();
