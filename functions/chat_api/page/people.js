/** Who is in which list: read when it is first wanted, and anew when a list changed. */

import { readMembers } from "./api.js";

export class People {
  /** @type {Map<string, any[]|null>} the members by list; null: they are being read */
  #members = new Map();

  /** @param {{me: () => any, changed: () => void, failed: (problem: Error) => void}} ports `changed`: names are known that were not */
  constructor({ me, changed, failed }) {
    Object.assign(this, { me, changed, failed });
  }

  /** Some list changed: what was read may be so no more. */
  forget() {
    this.#members.clear();
  }

  /** Who is to do a task, in a word; null: nobody is named, or it is not known yet. @param {any} task */
  assigneeOf({ list_id: list, assignee_id: id }) {
    if (!id) return null;
    if (id === this.me().id) return "you";
    if (!this.#members.has(list)) this.membersOf(list).then(this.changed, this.failed);
    const members = this.#members.get(list);
    return members ? (members.find(({ user_id: member }) => member === id)?.name ?? "somebody") : null;
  }

  /** @param {string} list its id @returns {Promise<any[]>} as GET /lists/{id}/members has them */
  async membersOf(list) {
    const known = this.#members.get(list);
    if (known) return known;
    this.#members.set(list, null);
    try {
      const { members } = await readMembers(list);
      this.#members.set(list, members);
      return members;
    } catch (problem) {
      this.#members.delete(list);
      throw problem;
    }
  }
}
