/** What the page knows. The newest version of a task wins, however and in whatever order it arrives. */

export class Store {
  /** @type {Map<string, object>} */
  #tasks = new Map();
  /** Versions of deleted tasks, so that a late answer does not bring one back. @type {Map<string, number>} */
  #gone = new Map();
  #listeners = [];
  /** Ids of tasks that changed since they were last drawn. @type {Set<string>} */
  changed = new Set();
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

  /** Takes a task unless a version at least as new is known. @returns {boolean} whether it was news */
  put(task) {
    const known = Math.max(this.#tasks.get(task.id)?.version ?? -1, this.#gone.get(task.id) ?? -1);
    if (task.version <= known) return false;
    this.#tasks.set(task.id, task);
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
