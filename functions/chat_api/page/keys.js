/** The keyboard. */

const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** The rows that can be reached now, from the top. @returns {HTMLElement[]} */
function rows() {
  return [...document.querySelectorAll("main li.row:not(.leaving)")].filter((row) => row.offsetParent !== null);
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

/**
 * Listens to the keys of the page.
 * @param {object} commands
 * @param {() => void} commands.write focus the box
 * @param {(id: string) => void} commands.toggle
 * @param {(id: string) => void} commands.edit
 * @param {(id: string) => void} commands.remove
 * @param {() => void} commands.help
 * @param {() => void} commands.notices
 * @param {() => void} commands.escape
 */
export function listen(commands) {
  const onRow = (command) => () => {
    const row = current();
    if (row) command(row.dataset.id);
    return Boolean(row);
  };
  const keys = {
    q: commands.write,
    "/": commands.write,
    j: () => move(1),
    k: () => move(-1),
    x: onRow(commands.toggle),
    e: onRow(commands.edit),
    "#": onRow(commands.remove),
    Delete: onRow(commands.remove),
    n: commands.notices,
    "?": commands.help,
    Escape: commands.escape,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest(TYPED)) return;
    const onlyRow = event.target.matches("li.row"); // buttons and boxes have their own space bar and Enter
    if (onlyRow && event.key === " ") keys.x();
    else if (onlyRow && event.key === "Enter") keys.e();
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
  });
}
