/** What the page knows. The newest version of a task wins, however and in whatever order it arrives. */

export class Store {
  /** @type {Map<string, object>} */
  #tasks = new Map();
  /** Versions of deleted tasks, so that a late answer does not bring one back. @type {Map<string, number>} */
  #gone = new Map();
  #listeners = [];
  /** Ids of tasks that changed since they were last drawn. @type {Set<string>} */
  changed = new Set();
  /** What series will bring in the next `days` days, as GET /upcoming answers. @type {any[]} */
  expected = [];
  days = 14;
  /** The person's lists; their first own one is where new tasks go. @type {any[]} */
  lists = [];
  /** The filters that the person keeps. @type {any[]} */
  filters = [];
  /** Ids of what was found. @type {string[]|null} */
  found = null;
  me = { id: null, name: "", email: null, zone: "UTC", default_reminders: [] };

  /** Calls `listener` after every change. @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }

  /** @param {string} id @returns {any} the task, or undefined */
  get(id) {
    return this.#tasks.get(id);
  }

  /** All known tasks, in no order. @returns {any[]} */
  all() {
    return [...this.#tasks.values()];
  }

  /** @param {object} me the person, as GET /me answers */
  setMe(me) {
    this.me = me;
    this.#notify();
  }

  /** @param {any[]} lists as GET /lists answers */
  setLists(lists) {
    this.lists = lists;
    this.#notify();
  }

  /** The list that a new task goes to, if nothing else is said. */
  get firstList() {
    return this.lists.find((list) => list.owner_id === this.me.id) ?? null;
  }

  /** The name of a list, where it tells something: there is more than one, and it is not the first. @param {string} id @returns {string|null} */
  nameOfList(id) {
    const list = this.lists.find((each) => each.id === id);
    return list && list !== this.firstList ? list.name : null;
  }

  /** @param {any[]} entries of GET /upcoming @param {number} days so many it was asked for */
  setUpcoming(entries, days) {
    this.days = days;
    this.expected = entries.filter(({ expected }) => expected);
    for (const { task, expected } of entries) if (!expected) this.put(task, { quietly: true });
    this.#notify();
  }

  /** @param {any[]} filters as GET /filters answers */
  setFilters(filters) {
    this.filters = filters;
    this.#notify();
  }

  /** What was found, in its order; null: nothing is looked for. @param {string[]|null} ids @param {any[]} [tasks] */
  setFound(ids, tasks = []) {
    this.found = ids;
    this.putAll(tasks);
  }

  /** Takes many tasks at once, as they are read. @param {any[]} tasks */
  putAll(tasks) {
    for (const task of tasks) this.put(task, { quietly: true });
    this.#notify();
  }

  /** Takes a task unless a version at least as new is known; `quietly`: who asked for it says so at the end. @returns {boolean} whether it was news */
  put(task, { quietly = false } = {}) {
    const known = Math.max(this.#tasks.get(task.id)?.version ?? -1, this.#gone.get(task.id) ?? -1);
    if (task.version <= known) return false;
    this.#tasks.set(task.id, task);
    if (quietly) return true;
    this.changed.add(task.id);
    this.#notify();
    return true;
  }

  /** Forgets a deleted task; `version` is the one it was deleted at, when known. */
  remove(id, version = this.#tasks.get(id)?.version ?? -1) {
    if ((this.#tasks.get(id)?.version ?? -1) > version) return;
    this.#gone.set(id, version);
    if (this.#tasks.delete(id)) this.#notify();
  }

  /** Takes a whole reading of the server: what is not in it is gone, unless newer here. */
  replace(tasks) {
    const before = this.#tasks;
    this.#tasks = new Map();
    for (const task of tasks) {
      const known = before.get(task.id);
      this.#tasks.set(task.id, known && known.version > task.version ? known : task);
    }
    this.changed.clear();
    this.#notify();
  }
}
