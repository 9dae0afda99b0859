/** Marks, under what is typed, the words that are understood, and says what is unclear. */

import { previewPhrase } from "./api.js";
import { byId, element } from "./element.js";

const PAUSE_MS = 150;
const KINDS = new Map([
  ["date", "when"],
  ["time", "when"],
  ["zone", "when"],
  ["duration", "when"],
  ["recurrence", "repeats"],
  ["reminder", "reminds"],
]);

/** Asks for what is understood when the typing pauses; an answer to older text is dropped. */
export class Understood {
  #timer = 0;

  /** @param {HTMLInputElement} box */
  constructor(box) {
    this.box = box;
    this.marks = byId("marks");
    box.addEventListener("input", () => this.look());
    box.addEventListener("scroll", () => this.#scroll());
  }

  /** Looks at the box again: at once at nothing, else after a pause. */
  look() {
    clearTimeout(this.#timer);
    this.marks.replaceChildren();
    if (this.box.value.trim()) this.#timer = setTimeout(() => this.#ask(this.box.value), PAUSE_MS);
  }

  async #ask(text) {
    const found = await previewPhrase(text).catch(() => null); // sending it says what is wrong
    if (!found || this.box.value !== text) return;
    const letters = Array.from(text); // spans count code points
    const pieces = [];
    let at = 0;
    const unclear = found.ambiguities.filter(({ settled }) => !settled).map((one) => ({ ...one, kind: "unclear" }));
    for (const { start, end, kind } of unclear.length ? unclear : found.spans) {
      const words = letters.slice(start, end).join("");
      pieces.push(letters.slice(at, start).join(""));
      pieces.push(element("mark", { class: kind === "unclear" ? kind : (KINDS.get(kind) ?? "sorts") }, words));
      at = end;
    }
    this.marks.replaceChildren(...pieces, letters.slice(at).join(""));
    this.#scroll();
  }

  #scroll() {
    this.marks.scrollLeft = this.box.scrollLeft;
  }
}
