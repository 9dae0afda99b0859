/** What a person does to a task, from whatever view. */

import * as api from "./api.js";
import { askDay, askScope, confirmDelete } from "./dialogs.js";
import { openEditor } from "./editor.js";
import { focusNeighbour } from "./keys.js";
import { addressOf } from "./router.js";
import { dueWall, wallOf } from "./time.js";
import { forgetReminders, say } from "./toasts.js";

const TEXTS = ["title", "notes", "reminders", "labels", "priority", "deadline_on", "estimate_minutes"];
const dueOf = ({ due_on: day, due_local: local, zone }) => (local ? { due_local: local, zone } : day ? { due_on: day } : { due_on: null, due_local: null });

/** The change that makes a task what it was. @param {any} before @param {any} after */
function inverse(before, after) {
  const differs = (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const texts = Object.fromEntries(TEXTS.filter(differs).map((name) => [name, before[name]]));
  return ["due_on", "due_local", "zone"].some(differs) ? { ...texts, ...dueOf(before) } : texts;
}

/** The commands of rows, keys and reminders. */
export class Actions {
  /**
   * @param {{store: import("./store.js").Store, row: (id: string) => HTMLElement|undefined, redraw: (id: string) => void,
   *   undo: import("./undo.js").Undo, go: (address: string) => void, failed: (problem: Error) => void}} ports
   */
  constructor({ store, row, redraw, undo, go, failed }) {
    Object.assign(this, { store, row, redraw, undo, failed });
    this.flow = (id) => go(addressOf("flow", id));
    for (const name of ["toggle", "complete", "reopen", "skip", "edit", "schedule", "remove"]) this[name] = this[name].bind(this);
  }

  /** The newest of a task, from an answer or an event. @param {any} task */
  take(task) {
    this.store.put(task);
    if (this.store.get(task.id)?.status === "done") forgetReminders(task.id);
  }

  async #attempt(id, work) {
    try {
      return await work();
    } catch (problem) {
      this.failed(problem);
      this.redraw(id);
      return null;
    }
  }

  #leave(id) {
    const row = this.row(id);
    if (row?.contains(document.activeElement)) focusNeighbour(row);
    return row;
  }

  /** Says what was done, with the way back. */
  #done(text, back) {
    say(text, { action: "Undo", run: () => this.undo.last() });
    this.undo.add(back);
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
    const task = await this.#attempt(id, () => api.completeTask(id));
    row?.classList.remove("completing");
    if (!task) return;
    this.take(task);
    this.#done(`Completed “${task.title}”.`, () => this.reopen(id));
  }

  async skip(id) {
    this.#leave(id);
    const task = await this.#attempt(id, () => api.skipTask(id));
    if (!task) return;
    this.take(task);
    this.#done(`Skipped “${task.title}”.`, () => this.reopen(id));
  }

  async reopen(id) {
    const task = await this.#attempt(id, () => api.reopenTask(id));
    if (task) this.take(task);
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
        if (!task.rrule && changed.version > task.version) this.undo.add(() => this.#back(id, inverse(task, changed)));
      },
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
    this.row(id)?.focus();
    if (day === undefined) return;
    const dated = (local) => (day === null ? { due_on: null, due_local: null } : local ? { due_local: day + local.slice(10), zone: task.zone } : { due_on: day });
    const changed = await this.#attempt(id, () => api.changeTask(id, dated(task.due_local)));
    if (!changed) return;
    this.take(changed);
    this.#done(`Put off “${task.title}”.`, () => this.#back(id, dueOf(task)));
  }

  async #back(id, changes) {
    const task = await this.#attempt(id, () => api.changeTask(id, changes));
    if (task) this.take(task);
  }

  async remove(id) {
    const task = this.store.get(id);
    if (!task) return;
    const recurs = task.rrule && task.status === "open";
    const scope = recurs ? await askScope(task, "delete") : null;
    if (recurs ? !scope : !(await confirmDelete("Delete this task?", task.title))) return;
    const row = this.row(id);
    if (row) focusNeighbour(row);
    const answer = await this.#attempt(id, () => api.deleteTask(id, scope));
    if (!answer) return;
    this.store.remove(id);
    forgetReminders(id);
    this.#done(`Deleted “${task.title}”.`, () => this.#restore(id));
  }

  /** Takes back that the task was deleted, by the event that says so. */
  async #restore(id) {
    const undone = await this.#attempt(id, async () => {
      const done = await api.readTaskActivity(id, 10);
      const deletion = done.find(({ topic, undoable }) => undoable && topic === "task.deleted.v1");
      if (!deletion) throw new api.Problem({ title: "Somebody has taken that back already." });
      return api.undoEvent(deletion.id);
    });
    if (undone?.task) this.take(undone.task);
  }
}
