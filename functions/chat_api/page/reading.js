/** Reads what the views show: first what is needed at once, then the rest in the background. */

import { changeMe, readDone, readFilters, readLists, readMe, readOpenTasks, readUpcoming } from "./api.js";
import { byId } from "./element.js";
import { browserZone } from "./time.js";

const DAYS = 14;
const MORE_DAYS = 30;
const SETTLE_MS = 400;
const MOST = 20_000;

export class Reading {
  #pages = null;
  #timer = 0;
  #asked = 0;
  #later = Promise.resolve([]);
  /** @type {string|null|undefined} where the done tasks go on; undefined: none was read */
  #done;

  /** @param {{store: import("./store.js").Store, failed: (problem: Error) => void}} ports */
  constructor({ store, failed }) {
    this.store = store;
    this.failed = failed;
    this.days = DAYS;
  }

  /** The person, their lists, the first tasks and what is due next: then the page can be used. @returns {Promise<string|null>} the cursor of /events */
  async begin() {
    this.#pages = readOpenTasks();
    const first = this.#pages.next();
    this.#later = Promise.all([readFilters().then((filters) => this.store.setFilters(filters)), this.moreDone()]);
    this.#later.catch(() => {}); // awaited in rest(); a failure before it must not leave it unhandled
    const [me, lists, { value }] = await Promise.all([this.#me(), readLists(), first, this.upcoming()]);
    this.store.setMe(me);
    this.store.setLists(lists);
    this.store.putAll(value.tasks);
    return value.cursor;
  }

  /** The open tasks beyond the first, what is done, and the filters that are kept. */
  async rest() {
    await this.#later;
    let read = 0;
    for await (const { tasks } of this.#pages ?? []) {
      this.store.putAll(tasks);
      read += tasks.length;
      this.#tell(read >= MOST ? `Only the first ${MOST.toLocaleString()} open tasks are shown.` : "Reading the rest of your tasks…");
      if (read >= MOST) return;
    }
    this.#tell("");
  }

  /** Everything anew. @returns {Promise<string|null>} the cursor of /events */
  async all() {
    const found = [];
    let cursor = null;
    for await (const page of readOpenTasks()) {
      found.push(...page.tasks);
      cursor ??= page.cursor;
      if (found.length >= MOST) break;
    }
    const { tasks, next_cursor: next } = await readDone(null);
    this.#done = next;
    this.store.replace([...found, ...tasks]);
    const [lists, filters] = await Promise.all([readLists(), readFilters(), this.upcoming()]);
    this.store.setLists(lists);
    this.store.setFilters(filters);
    return cursor;
  }

  async #me() {
    const me = await readMe();
    const zone = browserZone();
    return me.zone === "UTC" && zone !== "UTC" ? changeMe({ zone }) : me;
  }

  /** What series will bring in the next days. */
  async upcoming() {
    const asked = (this.#asked += 1);
    const { days } = this;
    const { entries } = await readUpcoming(days);
    if (asked === this.#asked) this.store.setUpcoming(entries, days); // else it was asked again since
  }

  /** A series changed: what it will bring is read in a moment, once for many changes. */
  upcomingSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.upcoming().catch(this.failed), SETTLE_MS);
  }

  /** Whether Upcoming can go on to more days. */
  get hasMoreDays() {
    return this.days < MORE_DAYS;
  }

  /** The days until a month from now. */
  async moreDays() {
    this.days = MORE_DAYS;
    await this.upcoming().catch(this.failed);
  }

  /** Whether it is known what is done. */
  get knowsDone() {
    return this.#done !== undefined;
  }

  /** Whether more tasks are done than were read. */
  get hasMoreDone() {
    return Boolean(this.#done);
  }

  /** The next page of those that are done. */
  async moreDone() {
    const { tasks, next_cursor: next } = await readDone(this.#done ?? null);
    this.#done = next;
    this.store.putAll(tasks);
  }

  #tell(text) {
    const node = byId("more");
    node.hidden = !text;
    if (node.textContent !== text) node.textContent = text; // else it would be read out with each page
  }
}
