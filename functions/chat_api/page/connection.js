/**
 * Whether the server can be reached. A write that meets no server waits and is sent again when it is back, with the
 * Idempotency-Key that it had: whatever came of the first try, it is done once. Those that wait are sent as they were
 * made, each when the one before it is answered: "move it to friday" means what was written before it.
 */

import { byId } from "./element.js";

const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 10_000;

class Connection {
  #down = false;
  #writes = 0;
  /** Writes that wait, the first made first. @type {{made: number, go: (value: null) => void}[]} */
  #waiting = [];
  /** One that waited is on its way. */
  #sending = false;
  #timer = 0;
  #pause = FIRST_PROBE_MS;
  /** Called when the server is back. @type {() => void} */
  whenBack = () => {};

  constructor() {
    addEventListener("online", () => this.#probe());
    addEventListener("offline", () => this.lost());
    addEventListener("beforeunload", (event) => this.#left && event.preventDefault());
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

  /**
   * Sends a write until it is answered, however long the server is away.
   * @param {() => Promise<Response>} send fails where nobody answers @returns {Promise<Response>}
   */
  async write(send) {
    const made = (this.#writes += 1);
    for (;;) {
      const waits = this.#down || this.#left > 0;
      if (waits) await this.#turn(made);
      try {
        return await send();
      } catch {
        this.lost();
      } finally {
        if (waits) this.#next();
      }
    }
  }

  get #left() {
    return this.#waiting.length + Number(this.#sending);
  }

  #turn(made) {
    const turn = new Promise((go) => this.#waiting.push({ made, go }));
    this.#waiting.sort((one, other) => one.made - other.made);
    this.#show();
    return turn;
  }

  #next() {
    const next = this.#down ? null : this.#waiting.shift();
    this.#sending = Boolean(next);
    next?.go(null);
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
    this.#next();
    this.whenBack();
  }

  #show() {
    const banner = byId("banner");
    banner.hidden = !this.#down;
    const changes = this.#left === 1 ? "1 change waits" : `${this.#left} changes wait`;
    const kept = this.#left ? `${changes} and will be sent then. Keep this page open.` : "What you change meanwhile is sent then.";
    const text = this.#down ? `Taskwake can’t be reached; this page comes back by itself. ${kept}` : "";
    if (banner.textContent !== text) banner.textContent = text;
  }
}

async function reachable() {
  return navigator.onLine && fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
}

export const connection = new Connection();
