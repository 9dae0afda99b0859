/** The bell: what the person was told, and how much of it is unread. */

import { acknowledgeNotice, markNoticeRead, readNotices, snoozeNotice } from "./api.js";
import { byId, element } from "./element.js";
import { relativeText } from "./time.js";
import { setUnread } from "./title.js";

const SETTLE_MS = 800;
const WRITTEN_AFTER_MS = [0, 250, 750, 2_000, 4_000];

/** The panel of notices behind the bell. */
export class Notices {
  /** @type {any[]} */
  #all = [];
  #timer = 0;

  /** @param {{show: (taskId: string) => void, failed: (problem: Error) => void}} ports */
  constructor({ show, failed }) {
    this.show = show;
    this.failed = failed;
    this.bell = byId("bell");
    this.panel = byId("notices");
    this.bell.addEventListener("click", () => this.toggle());
    byId("ledger-open").addEventListener("click", () => this.toggle(false));
    byId("read-all").addEventListener("click", () => this.#read(this.#all));
    document.addEventListener("click", (event) => {
      const inside = event.composedPath().some((node) => node === this.panel || node === this.bell);
      if (!inside) this.toggle(false);
    });
    this.panel.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.panel.contains(event.relatedTarget) && event.relatedTarget !== this.bell) this.toggle(false);
    });
  }

  /** Opens or closes the panel. @param {boolean} [open] @returns {boolean} whether something changed */
  toggle(open = this.panel.hidden) {
    if (open === !this.panel.hidden) return false;
    this.panel.hidden = !open;
    this.bell.setAttribute("aria-expanded", String(open));
    if (open) {
      this.refresh();
      byId("notices-title").focus();
    } else if (this.panel.contains(document.activeElement)) this.bell.focus();
    return true;
  }

  /** Reads the notices again. */
  async refresh() {
    try {
      this.#all = await readNotices();
      this.#draw();
    } catch (problem) {
      this.failed(problem);
    }
  }

  /** A reminder rang: its notice is written about now, so read a moment later, once for many. */
  refreshSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), SETTLE_MS);
  }

  /** The person has answered the reminders of this task: its notices are seen to. @param {string} taskId */
  async answered(taskId) {
    await this.refresh();
    await this.#read(this.#all.filter((notice) => notice.task_id === taskId), acknowledgeNotice);
  }

  /** The person wants to be reminded of this task again in so many minutes. @param {string} taskId @param {number} minutes */
  async snoozed(taskId, minutes) {
    const newest = await this.#newest(taskId);
    if (!newest) throw new Error("The notice of this reminder is still being written; try again in a moment.");
    await snoozeNotice(newest.id, minutes);
    await this.answered(taskId);
  }

  /** The reminder rings here before its notice is written. */
  async #newest(taskId) {
    for (const pause of WRITTEN_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.refresh();
      const newest = this.#all.find((notice) => notice.task_id === taskId);
      if (newest) return newest;
    }
    return null;
  }

  async #read(notices, mark = markNoticeRead) {
    const unread = notices.filter((notice) => !notice.read_at);
    if (!unread.length) return;
    try {
      await Promise.all(unread.map((notice) => mark(notice.id)));
      for (const notice of unread) notice.read_at = new Date().toISOString();
      this.#draw();
    } catch (problem) {
      this.failed(problem);
    }
  }

  #draw() {
    const unread = this.#all.filter((notice) => !notice.read_at).length;
    const badge = byId("unread");
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    this.bell.setAttribute("aria-label", unread ? `Notices, ${unread} unread` : "Notices");
    setUnread(unread);
    byId("read-all").hidden = unread === 0;
    byId("no-notices").hidden = this.#all.length > 0;
    const now = new Date();
    byId("notice-list").replaceChildren(...this.#all.map((notice) => this.#item(notice, now)));
  }

  #item(notice, now) {
    const open = () => {
      this.toggle(false);
      this.#read([notice]);
      if (notice.task_id) this.show(notice.task_id);
    };
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: notice.read_at ? "notice" : "notice unread", onclick: open },
        element("span", { class: "what" }, notice.title),
        notice.body ? element("span", { class: "about" }, notice.body) : null,
        element(
          "span",
          { class: "when" },
          relativeText(notice.created_at, now),
          notice.read_at ? null : element("span", { class: "hidden-text" }, ", unread"),
        ),
      ),
    );
  }
}
