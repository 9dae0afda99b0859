/** What a person does to a task, from whatever view. */

import * as api from "./api.js";
import { askDay, askScope, confirmDelete } from "./dialogs.js";
import { openEditor } from "./editor.js";
import { focusNeighbour } from "./keys.js";
import { addressOf } from "./router.js";
import { dueWall, wallOf } from "./time.js";
import { forgetReminders, say } from "./toasts.js";

/** The commands of rows, keys and reminders. */
export class Actions {
  /**
   * @param {{store: import("./store.js").Store, row: (id: string) => HTMLElement|undefined, redraw: (id: string) => void,
   *   undo: import("./undo.js").Undo, people: import("./people.js").People, go: (address: string) => void, failed: (problem: Error) => void}} ports
   */
  constructor({ store, row, redraw, undo, people, go, failed }) {
    Object.assign(this, { store, row, redraw, undo, people, failed });
    this.flow = (id) => go(addressOf("flow", id));
    for (const name of ["toggle", "complete", "reopen", "skip", "edit", "schedule", "remove"]) this[name] = this[name].bind(this);
  }

  /** The newest of a task, from an answer or an event. @param {any} task */
  take(task) {
    this.store.put(task);
    if (this.store.get(task.id)?.status === "done") forgetReminders(task.id);
  }

  #attempt(id, work) {
    return this.undo.doing(
      work().catch((problem) => {
        this.failed(problem);
        this.redraw(id);
      }),
    );
  }

  #leave(id) {
    const row = this.row(id);
    if (row?.contains(document.activeElement)) focusNeighbour(row);
    return row;
  }

  /** Says what was done, with the way back. */
  #done(text, back) {
    say(text, back ? { action: "Undo", run: back } : {});
  }

  toggle(id) {
    const task = this.store.get(id);
    if (!task) return;
    this.#leave(id);
    if (task.status === "done") this.reopen(id);
    else this.complete(id);
  }

  async complete(id) {
    const row = this.row(id);
    row?.classList.add("completing");
    await this.#change(id, () => api.completeTask(id), "Completed");
    row?.classList.remove("completing");
  }

  skip(id) {
    this.#leave(id);
    return this.#change(id, () => api.skipTask(id), "Skipped");
  }

  reopen(id) {
    return this.#change(id, () => api.reopenTask(id), "Reopened");
  }

  /** Does it, says so, and keeps the way back; of what was so already there is none. */
  #change(id, work, did) {
    const before = this.store.get(id)?.version ?? 0;
    return this.#attempt(id, async () => {
      const task = await work();
      this.take(task);
      this.#done(`${did} “${task.title}”.`, task.version > before ? this.undo.changed(task) : null);
    });
  }

  edit(id) {
    const task = this.store.get(id);
    const row = this.row(id);
    if (!task || !row) return;
    const { zone } = this.store.me;
    const closed = () => {
      this.redraw(id);
      this.row(id)?.focus();
    };
    const then = {
      saved: (changed) => {
        this.take(changed);
        if (changed.version > task.version) this.undo.changed(changed);
      },
      undo: this.undo,
      place: { lists: this.store.lists, membersOf: (list) => this.people.membersOf(list), me: this.store.me.id, failed: this.failed },
      closed,
      scope: () => askScope(task, "change"),
      skip: () => this.skip(id),
      flow: () => this.flow(id),
      remove: () => this.remove(id),
    };
    openEditor(row, task, { zone, wall: dueWall(task, zone) }, then);
  }

  /** Puts a task off to a day that is asked for; its time of day stays. @param {string} id */
  async schedule(id) {
    const task = this.store.get(id);
    if (!task || task.status === "done") return;
    const day = await askDay(task, wallOf(new Date(), this.store.me.zone).slice(0, 10));
    if (document.activeElement === document.body) this.row(id)?.focus(); // what the dialog gave the focus back to is gone
    if (day === undefined) return;
    const dated = (local) => (day === null ? { due_on: null, due_local: null } : local ? { due_local: day + local.slice(10), zone: task.zone } : { due_on: day });
    await this.#change(id, () => api.changeTask(id, dated(task.due_local)), "Put off");
  }

  async remove(id) {
    const task = this.store.get(id);
    if (!task) return;
    const recurs = task.rrule && task.status === "open";
    const scope = recurs ? await askScope(task, "delete") : null;
    if (recurs ? !scope : !(await confirmDelete("Delete this task?", task.title))) return;
    const row = this.row(id);
    if (row) focusNeighbour(row);
    await this.#attempt(id, async () => {
      await api.deleteTask(id, scope);
      this.store.remove(id);
      forgetReminders(id);
      this.#done(`Deleted “${task.title}”.`, this.undo.deleted(id));
    });
  }
}
