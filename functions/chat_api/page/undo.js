/** The ways back from what was done on this page, the last first. */

import { Problem, readListActivity, readTaskActivity, undoEvent } from "./api.js";
import { say } from "./toasts.js";

const MOST = 20;
const LOOKED_AT = 50;

/** By its event a thing is taken back as it was done: the server refuses where somebody changed the same since. */
export class Undo {
  /** @type {(() => Promise<void>)[]} */
  #ways = [];
  /** What is being done; its way back is there when it is done. @type {Set<Promise<unknown>>} */
  #doing = new Set();
  #taking = Promise.resolve();

  /** @param {{take: (task: any) => void, failed: (problem: Error) => void}} ports */
  constructor({ take, failed }) {
    Object.assign(this, { take, failed });
  }

  /** Something is done, which adds its way back at its end. @template T @param {Promise<T>} work @returns {Promise<T>} */
  doing(work) {
    const ended = work.finally(() => this.#doing.delete(ended));
    this.#doing.add(ended);
    return ended;
  }

  /** @param {any} task as a change made it @returns {() => void} takes that change back, and nothing else */
  changed(task) {
    return this.add(async () => this.#event(await eventOf(task.id, ({ version }) => version === task.version)));
  }

  /** @param {string} id of a task that was deleted */
  deleted(id) {
    return this.add(async () => this.#event(await eventOf(id, ({ topic }) => topic === "task.deleted.v1")));
  }

  /** @param {string} id of a list to which, or to whose members, something was done; be it gone */
  list(id) {
    return this.add(async () => this.#event(still((await readListActivity(id)).find(({ undoable, undoes }) => undoable && !undoes))));
  }

  /** @param {string} event what was done, by its event's id */
  event(event) {
    return this.add(() => this.#event(event));
  }

  /** @param {() => Promise<void>} way any other way back @returns {() => Promise<void>} goes it, once */
  add(way) {
    const back = () => {
      this.forget(back);
      this.#taking = this.#taking.then(() => this.#go(way, back)); // one at a time: each may rest on the one after it
      return this.#taking;
    };
    this.#ways.push(back);
    if (this.#ways.length > MOST) this.#ways.shift();
    return back;
  }

  /** It was taken back another way. @param {() => void} back */
  forget(back) {
    this.#ways = this.#ways.filter((each) => each !== back);
  }

  /** Takes the last back. What is just being done is the last. */
  async last() {
    await Promise.allSettled(this.#doing);
    const back = this.#ways.at(-1);
    if (back) await back();
    else say("There is nothing to undo on this page.");
  }

  async #go(way, back) {
    try {
      await way();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!problem.status) this.#ways.push(back); // nobody was there to take it back
      this.failed(problem);
    }
  }

  async #event(id) {
    const { text, task } = await undoEvent(id);
    if (task) this.take(task);
    say(`Done: ${text}.`);
  }
}

/** The event of a task that was found, if it still stands. @param {string} id @param {(activity: any) => boolean} found */
async function eventOf(id, found) {
  return still((await readTaskActivity(id, LOOKED_AT)).find((activity) => activity.undoable && found(activity)));
}

function still(activity) {
  if (!activity) throw new Problem({ status: 409, title: "Nothing of it is left to be taken back." });
  return activity.id;
}
