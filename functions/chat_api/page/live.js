/**
 * The stream of events. Open only while somebody looks, so that nothing is kept awake for a hidden tab; or while
 * somebody wants this browser's notifications, which are for when nobody looks: then one tab keeps it open for all, as
 * a browser has six connections to a server (HTTP/1.1), and each stream is one.
 */

import { connection } from "./connection.js";
import { Turn } from "./turn.js";

const TOPICS = [
  "task.created.v1", "task.updated.v1", "task.completed.v1", "task.reopened.v1",
  "task.deleted.v1", "task.recurred.v1", "task.due.v1", "list.changed.v1",
];
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Keeps the event stream open, and continues it where it broke off. */
export class Live {
  #source = null;
  #cursor = null;
  #retry = FIRST_RETRY_MS;
  #timer = 0;
  #wanted = false;
  #unseen = new Turn("notifications");

  /**
   * @param {object} ports
   * @param {(topic: string, data: object) => void} ports.onEvent one event, in the order of the log
   * @param {(state: "live"|"reconnecting"|"offline") => void} ports.onState
   * @param {() => Promise<string|null>} ports.reload reads everything again; answers with a fresh cursor
   */
  constructor({ onEvent, onState, reload }) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.reload = reload;
    document.addEventListener("visibilitychange", () => this.#follow());
    addEventListener("offline", () => this.#follow());
    addEventListener("online", () => this.#follow());
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", () => this.#follow());
  }

  /** Starts after this cursor. @param {string|null} cursor */
  start(cursor) {
    this.#cursor = cursor;
    this.#wanted = true;
    this.#follow();
  }

  /** The server is back: the stream need not wait until it is tried again. */
  again() {
    if (this.#source?.readyState === EventSource.OPEN) return;
    this.#close();
    this.#follow();
  }

  /** Ends the stream for good. */
  stop() {
    this.#wanted = false;
    this.#leave();
    this.onState("offline");
  }

  #notifies() {
    return "Notification" in window && Notification.permission === "granted";
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #leave() {
    this.#unseen.end();
    this.#close();
  }

  #follow() {
    if (!this.#wanted) return;
    if (!navigator.onLine) {
      this.#leave();
      this.onState("offline");
    } else if (!document.hidden) {
      this.#unseen.end();
      if (!this.#source) this.#open();
    } else if (!this.#notifies()) this.#leave();
    else if (!this.#unseen.held) {
      this.#close();
      this.#unseen.ask(() => this.#follow());
    } else if (!this.#source) this.#open();
  }

  #open() {
    this.#close();
    this.onState("reconnecting");
    const source = new EventSource(this.#cursor ? `/events?cursor=${encodeURIComponent(this.#cursor)}` : "/events");
    this.#source = source;
    source.onopen = () => {
      this.#retry = FIRST_RETRY_MS;
      this.onState("live");
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) this.#startOver();
      else this.onState("reconnecting");
      connection.check();
    };
    for (const topic of TOPICS) source.addEventListener(topic, (message) => this.#take(topic, message));
  }

  #take(topic, message) {
    if (message.lastEventId) this.#cursor = message.lastEventId;
    this.onEvent(topic, JSON.parse(message.data).data);
  }

  /** The server refused the stream, so the browser gave up: read anew, later and later. */
  #startOver() {
    this.#close();
    this.onState(this.#retry > FIRST_RETRY_MS * 4 ? "offline" : "reconnecting");
    this.#timer = setTimeout(async () => {
      this.#retry = Math.min(this.#retry * 2, LONGEST_RETRY_MS);
      try {
        this.#cursor = await this.reload();
      } catch {
        if (this.#wanted) this.#startOver();
        return;
      }
      this.#follow();
    }, this.#retry * (0.75 + Math.random() / 2));
  }
}
