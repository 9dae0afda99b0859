/** Reminders that ring while the page is open. */

import { byId } from "./element.js";
import { Notifying } from "./notifying.js";
import { spanText } from "./reminding.js";
import { dueText, dueWall, wallOf } from "./time.js";
import { remind, say } from "./toasts.js";

const COMING = new Set(["before", "start", "at", "day"]);

/** Shows each ring once: on the page, and as the browser's notification where the person allowed it. */
export class Reminders {
  #rung = new Set();

  /**
   * @param {object} ports
   * @param {import("./store.js").Store} ports.store
   * @param {import("./notices.js").Notices} ports.notices
   * @param {(taskId: string) => void} ports.complete
   * @param {(taskId: string) => void} ports.show
   * @param {(problem: Error) => void} ports.failed
   */
  constructor({ store, notices, complete, show, failed }) {
    Object.assign(this, { store, notices, complete, failed });
    this.notifying = new Notifying(show);
    this.button = byId("allow");
    this.button.addEventListener("click", async () => {
      await this.notifying.ask();
      this.#offer();
    });
    this.#offer();
  }

  #offer() {
    this.button.hidden = !this.notifying.undecided;
  }

  /** A `task.due.v1` came in. @param {any} due its data */
  ring(due) {
    const key = `${due.reminder_id} ${due.remind_at}`;
    const task = this.store.get(due.task_id);
    if (this.#rung.has(key) || task?.status === "done") return;
    this.#rung.add(key);
    this.notices.refreshSoon();
    const body = this.#body(due, task);
    remind(
      { key, taskId: due.task_id, title: due.title, body },
      { complete: () => this.#complete(due.task_id), dismiss: () => this.notices.answered(due.task_id), snooze: (minutes) => this.#snooze(due.task_id, minutes) },
    );
    this.notifying.notify(due.title, { body, tag: key, taskId: due.task_id });
  }

  #complete(id) {
    this.complete(id);
    this.notices.answered(id);
  }

  async #snooze(id, minutes) {
    try {
      await this.notices.snoozed(id, minutes);
      say(`You are reminded again in ${spanText(minutes)}.`);
    } catch (problem) {
      this.failed(problem);
    }
  }

  #body(due, task) {
    const { zone } = this.store.me;
    const wall = task ? dueWall(task, zone) : null;
    const when = wall ? dueText(wall, wallOf(new Date(), zone)) : due.due;
    if (!when) return "Reminder";
    return `${COMING.has(due.kind) ? "Coming up" : "Due"} · ${when}${due.held_from ? ", held over your quiet hours" : ""}`;
  }
}
