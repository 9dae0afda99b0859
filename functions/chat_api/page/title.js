/** The window's title: how much is unread, and which view is shown. */

const shown = { unread: 0, view: "" };

function draw() {
  const name = shown.view ? `${shown.view} · Taskwake` : "Taskwake";
  document.title = shown.unread ? `(${shown.unread}) ${name}` : name;
}

/** @param {number} unread notices */
export function setUnread(unread) {
  shown.unread = unread;
  draw();
}

/** @param {string} view its name */
export function setView(view) {
  shown.view = view;
  draw();
}
