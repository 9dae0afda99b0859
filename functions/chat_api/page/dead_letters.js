/** What functions could not handle, for operators: why, the event as it came, handing it on again, and dropping it. */

import { Problem, dropDeadLetter, readDeadLetter, readDeadLetters, replayDeadLetter } from "./api.js";
import { confirmDelete } from "./dialogs.js";
import { byId, element } from "./element.js";
import { addressOf } from "./router.js";
import { dueText, wallOf } from "./time.js";
import { say } from "./toasts.js";

const VIEW = "dead-letters";

/** The view of the dead letters, or of the one whose id the address says. */
export class DeadLetters {
  /** @param {{zone: () => string, go: (address: string) => void, failed: (problem: Error) => void}} ports */
  constructor(ports) {
    Object.assign(this, ports);
    this.place = byId(VIEW);
    this.wanted = { replayed: "false", function: "", topic: "" };
  }

  /** @param {string|null} id of one; null: all, the newest first */
  async open(id) {
    this.id = id;
    this.place.replaceChildren(element("p", { class: "hint", role: "status" }, "Reading…"));
    await this.#then(id ? () => this.#one(id) : () => this.#all());
  }

  /** Does it, and says what kept it from being done. */
  async #then(work) {
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (this.place.querySelector("[role=status]")) this.place.replaceChildren(element("p", { role: "alert" }, problem.text));
      else this.failed(problem);
    }
  }

  async #all() {
    const rows = element("ul", { role: "list", "aria-label": "Dead letters" });
    const none = element("p", { class: "hint" }, "There are none.");
    const more = element("button", { type: "button", class: "more" }, "Show older ones");
    const draw = async (cursor = "") => {
      const wanted = this.wanted;
      const said = Object.entries({ ...wanted, cursor }).filter(([, value]) => value);
      const { dead_letters: letters, next_cursor: next } = await readDeadLetters("", Object.fromEntries(said));
      if (wanted !== this.wanted) return; // asked otherwise meanwhile
      if (!cursor) rows.replaceChildren();
      rows.append(...letters.map(({ id, function: name, topic, reason, created_at: at, standing }) => line(element("a", { class: "what", href: addressOf(VIEW, id) }, reason), `${name} of ${topic}, ${this.#at(at)}: ${standing}`)));
      rows.hidden = !rows.childElementCount;
      none.hidden = !rows.hidden;
      more.hidden = !next;
      more.onclick = () => this.#then(() => draw(next));
    };
    const narrowed = (label, name, field) => {
      field.value = this.wanted[name];
      field.onchange = () => {
        this.wanted = { ...this.wanted, [name]: field.value.trim() };
        this.#then(draw);
      };
      return element("label", { class: "field" }, element("span", {}, label), field);
    };
    const [, done] = await Promise.all([draw(), readDeadLetters("/audit")]);
    if (this.id) return;
    const which = [["false", "Waiting"], ["true", "Replayed"], ["", "All"]].map(([value, text]) => new Option(text, value));
    this.place.replaceChildren(
      narrowed("Which", "replayed", element("select", {}, ...which)),
      narrowed("Function", "function", element("input", { type: "search", placeholder: "Any, or such as task-due" })),
      narrowed("Topic", "topic", element("input", { type: "search", placeholder: "Any, or such as task.due.v1" })),
      rows,
      none,
      more,
      ...this.#deeds(done.deeds, done.next_cursor),
    );
  }

  async #one(id) {
    const letter = await readDeadLetter(id);
    if (this.id !== id) return;
    const { function: name, topic, partition, offset, reason, attempts, created_at: at, standing, advice, replayable, event, deeds } = letter;
    const where = partition === null ? "" : `, partition ${partition}, offset ${offset}`;
    const act = (label, more, work) => element("button", { type: "button", ...more, onclick: () => this.#then(work) }, label);
    const replay = async () => {
      await replayDeadLetter(id);
      say("It is handed on again.");
      await this.#one(id);
    };
    const drop = async () => {
      if (!(await confirmDelete("Drop this dead letter?", "Nobody handles its event any more. It can’t be undone."))) return;
      await dropDeadLetter(id);
      this.go(addressOf(VIEW));
    };
    this.place.replaceChildren(
      element("p", {}, element("a", { href: addressOf(VIEW) }, "All dead letters")),
      element("h2", {}, reason),
      element("p", { class: "about" }, `${name} of ${topic}${where}; ${attempts === 1 ? "1 attempt" : `${attempts} attempts`}, ${this.#at(at)}: ${standing}.`),
      element("p", {}, advice),
      element("div", { class: "buttons" }, replayable && standing !== "handled" ? act("Replay", { class: "primary" }, replay) : null, act("Drop…", { class: "danger" }, drop)),
      element("details", { open: true }, element("summary", {}, "Its event, as it came"), element("pre", {}, indented(event))),
      ...this.#deeds(deeds),
    );
  }

  /** What was done, the latest first; `next` is the cursor of what was done before (null: nothing). */
  #deeds(deeds, next = null) {
    if (!deeds.length) return [];
    const rows = element("ul", { role: "list" });
    const more = element("button", { type: "button", class: "more" }, "Show what was done before");
    const draw = (some, cursor) => {
      rows.append(...some.map(({ who, action, at, outcome, since_then: then, reason }) => line(`${who}: ${action}, ${outcome}${then ? `, ${then}` : ""}`, `${this.#at(at)}: ${reason}`)));
      more.hidden = !cursor;
      more.onclick = () => this.#then(async () => {
        const before = await readDeadLetters("/audit", { cursor });
        draw(before.deeds, before.next_cursor);
      });
    };
    draw(deeds, next);
    return [element("section", { class: "part", "aria-label": "What was done" }, element("h2", {}, "What was done"), rows, more)];
  }

  #at(moment) {
    return dueText(wallOf(new Date(moment), this.zone()), wallOf(new Date(), this.zone()));
  }
}

const line = (what, about) => element("li", {}, typeof what === "string" ? element("span", { class: "what" }, what) : what, element("span", { class: "about" }, about));

function indented(event) {
  try {
    return JSON.stringify(JSON.parse(event), null, 2);
  } catch {
    return event; // poison need not be JSON
  }
}
