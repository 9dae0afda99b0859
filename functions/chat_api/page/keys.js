/** The keyboard. */

const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** The rows that can be reached now, from the top. @returns {HTMLElement[]} */
function rows() {
  return [...document.querySelectorAll("main li.row:not(.leaving, .expected)")].filter((row) => row.offsetParent !== null);
}

const current = () => document.activeElement?.closest("li.row") ?? null;

function move(step) {
  const all = rows();
  if (!all.length) return;
  const from = all.indexOf(current());
  const row = from === -1 ? all[step > 0 ? 0 : all.length - 1] : all[Math.min(Math.max(from + step, 0), all.length - 1)];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

/**
 * After the current row goes, the next one becomes current.
 * @param {HTMLElement} row
 */
export function focusNeighbour(row) {
  const all = rows();
  const at = all.indexOf(row);
  (all[at + 1] ?? all[at - 1])?.focus();
}

const SEQUENCE_MS = 1_500;

/**
 * Listens to the keys of the page.
 * @param {object} commands
 * @param {() => void} commands.write focus the box
 * @param {Record<string, () => void>} commands.go the views, by the key after g
 * @param {() => void} commands.undo
 * @param {(id: string) => void} commands.toggle
 * @param {(id: string) => void} commands.edit
 * @param {(id: string) => void} commands.schedule
 * @param {(id: string) => void} commands.flow
 * @param {(id: string) => void} commands.remove
 * @param {() => void} commands.help
 * @param {() => void} commands.notices
 * @param {() => void} commands.escape
 * @param {Record<string, () => void>} [commands.more] keys of parts of the page
 */
export function listen(commands) {
  const onRow = (command) => () => {
    const row = current();
    if (row) command(row.dataset.id);
  };
  const keys = {
    q: commands.write,
    j: () => move(1),
    k: () => move(-1),
    x: onRow(commands.toggle),
    e: onRow(commands.edit),
    s: onRow(commands.schedule),
    h: onRow(commands.flow),
    "#": onRow(commands.remove),
    Delete: onRow(commands.remove),
    u: commands.undo,
    n: commands.notices,
    "?": commands.help,
    Escape: commands.escape,
    ...commands.more,
  };
  let going = 0; // until when the next key names a view
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest(TYPED)) return;
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey;
    if (!undo && (event.ctrlKey || event.metaKey)) return;
    const view = event.timeStamp < going ? commands.go[event.key] : null;
    going = 0;
    const onlyRow = event.target.matches("li.row"); // buttons and boxes have their own space bar and Enter
    if (undo) commands.undo();
    else if (view) view();
    else if (event.key === "g") going = event.timeStamp + SEQUENCE_MS;
    else if (onlyRow && event.key === " ") keys.x();
    else if (onlyRow && event.key === "Enter") keys.e();
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
  });
}
