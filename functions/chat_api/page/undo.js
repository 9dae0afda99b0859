/** The ways back from what was done on this page, the last first. */

const MOST = 20;

export class Undo {
  /** @type {(() => void)[]} */
  #ways = [];

  /** @param {() => void} way how to take back what was just done */
  add(way) {
    this.#ways.push(way);
    if (this.#ways.length > MOST) this.#ways.shift();
  }

  /** Takes the last back. @returns {boolean} whether there was something */
  last() {
    const way = this.#ways.pop();
    way?.();
    return Boolean(way);
  }
}
