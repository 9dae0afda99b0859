/** The page: puts its parts together. */

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { askScope, confirmDelete, showHelp, wireDialogs } from "./dialogs.js";
import { openEditor } from "./editor.js";
import { byId } from "./element.js";
import { focusNeighbour, listen } from "./keys.js";
import { Ledger } from "./ledger.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { Notices } from "./notices.js";
import { Reminders } from "./reminders.js";
import { Settings } from "./settings.js";
import { Store } from "./store.js";
import { browserZone, dueWall } from "./time.js";
import { dismissNewest, forgetReminders, say } from "./toasts.js";
import { Webhooks } from "./webhooks.js";

const STATES = { live: "Live", reconnecting: "Reconnecting…", offline: "Offline" };

const SHORT_BREAK_MS = 800;
let breakTimer = 0;

const store = new Store();
const list = new List(store, { toggle, edit, skip, remove });
const failed = (problem) => problem.status !== 401 && say(problem.text ?? String(problem), { error: true });
const notices = new Notices({ show, failed });
new Ledger({ zone: () => store.me.zone, failed });
new Settings({ me: () => store.me, changed: settle });
new Webhooks({ zone: () => store.me.zone, failed });
const composer = new Composer({ took: (tasks) => tasks.forEach((task) => take(task)), show });
const reminders = new Reminders({ store, notices, complete: (id) => complete(id), show, failed });
const live = new Live({ onEvent, onState, reload });

/** The person changed themselves, and with their zone what floats. */
function settle({ moved, moved_count: count, ...me }) {
  store.setMe(me);
  const tasks = count === 1 ? `“${moved[0].title}” moves` : `${count} tasks move`;
  say(count ? `Saved. ${tasks} with you to ${me.zone}.` : "Saved.");
}

/** A short break, as when the page is looked at again, is not worth a word. */
function onState(state) {
  clearTimeout(breakTimer);
  breakTimer = setTimeout(
    () => {
      byId("connection").dataset.state = state;
      byId("connection-text").textContent = STATES[state];
    },
    state === "reconnecting" ? SHORT_BREAK_MS : 0,
  );
}

function onEvent(topic, data) {
  if (topic === "task.due.v1") reminders.ring(data);
  else if (topic === "list.changed.v1") reload(); // what one sees may be more now, or less
  else if (topic === "task.deleted.v1") {
    store.remove(data.task.id, data.task.version);
    forgetReminders(data.task.id);
  } else take(data.task);
}

function take(task) {
  store.put(task);
  if (store.get(task.id)?.status === "done") forgetReminders(task.id);
}

async function attempt(id, work) {
  try {
    return await work();
  } catch (problem) {
    failed(problem);
    list.redraw(id);
    return null;
  }
}

function toggle(id) {
  const task = store.get(id);
  if (!task) return;
  const row = list.row(id);
  if (row?.contains(document.activeElement)) focusNeighbour(row);
  if (task.status === "done") reopen(id);
  else complete(id);
}

async function complete(id) {
  const row = list.row(id);
  row?.classList.add("completing");
  const task = await attempt(id, () => api.completeTask(id));
  row?.classList.remove("completing");
  if (!task) return;
  take(task);
  say(`Completed “${task.title}”.`, { action: "Undo", run: () => reopen(id) });
}

async function skip(id) {
  const row = list.row(id);
  if (row?.contains(document.activeElement)) focusNeighbour(row);
  const task = await attempt(id, () => api.skipTask(id));
  if (!task) return;
  take(task);
  say(`Skipped “${task.title}”.`, { action: "Undo", run: () => reopen(id) });
}

async function reopen(id) {
  const task = await attempt(id, () => api.reopenTask(id));
  if (task) take(task);
}

function edit(id) {
  const task = store.get(id);
  const row = list.row(id);
  if (!task || !row) return;
  const { zone } = store.me;
  const closed = () => {
    list.redraw(id);
    list.row(id)?.focus();
  };
  const then = {
    saved: take,
    closed,
    scope: () => askScope(task, "change"),
    skip: () => skip(id),
    remove: () => remove(id),
  };
  openEditor(row, task, { zone, wall: dueWall(task, zone) }, then);
}

async function remove(id) {
  const task = store.get(id);
  if (!task) return;
  const recurs = task.rrule && task.status === "open";
  const scope = recurs ? await askScope(task, "delete") : null;
  if (recurs ? !scope : !(await confirmDelete(task))) return;
  const row = list.row(id);
  if (row) focusNeighbour(row);
  const answer = await attempt(id, () => api.deleteTask(id, scope));
  if (!answer) return;
  store.remove(id);
  forgetReminders(id);
  say(`Deleted “${task.title}”.`);
}

function show(id) {
  const row = list.row(id);
  if (!row) return say("This task is no longer in the list.");
  const folded = row.closest("details");
  if (folded) folded.open = true;
  row.focus();
  row.scrollIntoView({ block: "center" });
}

function signOut() {
  live.stop();
  document.body.classList.add("signed-out");
  byId("signed-in").hidden = true;
  byId("signed-out").hidden = false;
}

async function reload() {
  const { tasks, cursor, more } = await api.readTasks();
  store.replace(tasks);
  byId("more").hidden = !more;
  notices.refresh();
  return cursor;
}

async function readMe() {
  let me = await api.readMe();
  const zone = browserZone();
  if (me.zone === "UTC" && zone !== "UTC") me = await api.changeMe({ zone });
  store.setMe(me);
}

async function start() {
  byId("failure").hidden = true;
  byId("loading").hidden = false;
  try {
    const [cursor] = await Promise.all([reload(), readMe()]);
    list.ready();
    live.start(cursor);
  } catch (problem) {
    byId("loading").hidden = true;
    byId("failure").hidden = problem.status === 401;
    byId("failure-text").textContent = problem.text ?? String(problem);
    onState("offline");
  }
}

api.whenSignedOut(signOut);
wireDialogs();
listen({
  write: () => composer.focus(),
  toggle,
  edit,
  remove,
  help: showHelp,
  notices: () => notices.toggle(),
  escape: () => notices.toggle(false) || dismissNewest(),
});
byId("help-button").addEventListener("click", showHelp);
byId("retry").addEventListener("click", start);
start();
