/**
 * While somebody presses, nothing moves under the pointer: a browser makes a click only of a press that ends on what it
 * began on (UI Events, "click"), and what arrives from elsewhere may move a row or a button meanwhile.
 */

const CLICK_MS = 60; // a touch's click comes a moment after the finger has left
const LONGEST_MS = 1_000; // who holds longer does not press; the end of a press may never be told, as where a menu took it

let timer = 0;
/** @type {Set<() => void>} */
const waiting = new Set();

addEventListener("pointerdown", () => hold(LONGEST_MS), true);
addEventListener("pointerup", () => hold(CLICK_MS), true);
addEventListener("click", release);

function hold(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(release, milliseconds);
}

function release() {
  clearTimeout(timer);
  timer = 0;
  for (const action of waiting) {
    waiting.delete(action);
    action();
  }
}

/** Does it at once, or after the press that goes on. @param {() => void} action what may move what is seen */
export function afterPress(action) {
  if (timer) waiting.add(action);
  else action();
}
