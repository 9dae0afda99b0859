/** The page: puts its parts together. */

import { Actions } from "./actions.js";
import { Activity } from "./activity.js";
import * as api from "./api.js";
import { Composer } from "./composer.js";
import { connection } from "./connection.js";
import { showHelp, wireDialogs } from "./dialogs.js";
import { byId } from "./element.js";
import { Flow } from "./flow.js";
import { listen } from "./keys.js";
import { Ledger } from "./ledger.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { Members, joinIfInvited } from "./members.js";
import { Notices } from "./notices.js";
import { People } from "./people.js";
import { Reading } from "./reading.js";
import { Reminders } from "./reminders.js";
import { Router, addressOf } from "./router.js";
import { Search } from "./search.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import "./theme.js";
import { dismissNewest, forgetReminders, say } from "./toasts.js";
import { Undo } from "./undo.js";
import { VIEWS, Views } from "./views.js";

const STATES = { live: "Live", reconnecting: "Reconnecting…", offline: "Offline" };
const SHORT_BREAK_MS = 800;
let breakTimer = 0;

const failed = (problem) => problem.status !== 401 && say(problem.text ?? String(problem), { error: true });
const store = new Store();
const undo = new Undo({ take: (task) => actions.take(task), failed });
const go = (address) => router.go(address);
const people = new People({ me: () => store.me, changed: () => list.schedule(), failed });
const actions = new Actions({ store, undo, people, go, failed, row: (id) => list.row(id), redraw: (id) => list.redraw(id) });
const list = new List(store, actions, people, (drawn) => views.drew(drawn));
const reading = new Reading({ store, failed });
const notices = new Notices({ show, failed });
const members = new Members({ me: () => store.me, undo, changed: lists });
const sidebar = new Sidebar({ store, members, go, undo, changed: lists, failed });
const flow = new Flow({ me: () => store.me, failed });
const activity = new Activity({ me: () => store.me, failed });
const search = new Search({ store, failed, router: () => router });
/** Their modules are loaded when they are wanted: most visits don't. */
const later = (load) => ({
  part: null,
  async open(id) {
    try {
      this.part ??= await load();
    } catch (problem) {
      return failed({ text: `This view could not be loaded: ${problem.message}` });
    }
    await this.part.open(id);
  },
});
const settings = later(async () => {
  const { Settings } = await import("./settings.js");
  return new Settings({ me: () => store.me, lists: () => store.lists, imported: reload, changed: settle, failed });
});
const deadLetters = later(async () => {
  const { DeadLetters } = await import("./dead_letters.js");
  return new DeadLetters({ zone: () => store.me.zone, go, failed });
});
const views = new Views({
  store,
  search,
  list,
  sidebar,
  reading,
  flow,
  activity,
  ledger: new Ledger({ zone: () => store.me.zone, failed }),
  settings,
  "dead-letters": deadLetters,
});
const composer = new Composer({
  took: (tasks) => tasks.forEach((task) => actions.take(task)),
  show,
  undo,
  list: () => views.listShown(),
});
const router = new Router(VIEWS, (view, arrived) => views.show(view, arrived, router.scrolled));
const reminders = new Reminders({ store, notices, complete: actions.complete, show, failed });
const live = new Live({ onEvent, onState, reload });

/** The person changed themselves, and with their zone what floats. */
function settle({ moved, moved_count: count, ...me }) {
  store.setMe(me);
  reading.upcoming();
  const tasks = count === 1 ? `“${moved[0].title}” moves` : `${count} tasks move`;
  say(count ? `Saved. ${tasks} with you to ${me.zone}.` : "Saved.");
}

/** A list was handed over, left or deleted: what one sees may be less. */
async function lists() {
  await reload();
  if (!views.listShown()) go(addressOf("today"));
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

function gone({ id, version }) {
  store.remove(id, version);
  forgetReminders(id);
}

function onEvent(topic, data) {
  if (topic === "task.due.v1") reminders.ring(data);
  else if (topic === "list.changed.v1") reload().catch(failed); // what one sees may be more now, or less
  else if (topic === "task.deleted.v1") {
    if (!store.lists.some(({ id }) => id === data.moved_to)) gone(data.task); // else it comes as changed, too
  } else actions.take(data.task);
  if (data.task?.series_id) reading.upcomingSoon();
  search.changed();
  flow.happened(data.task?.id ?? data.task_id);
  activity.happened();
}

/** Shows a task, in the view that is open if it is in it, else where all are. @param {string} id */
function show(id) {
  if (!list.row(id)?.isConnected) {
    if (!store.get(id)) return say("This task is no longer in the list.");
    router.go(addressOf("all"));
  }
  const row = list.row(id);
  if (!row) return;
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
  people.forget();
  const cursor = await reading.all();
  notices.refresh();
  return cursor;
}

async function start() {
  byId("failure").hidden = true;
  byId("loading").hidden = false;
  try {
    const cursor = await reading.begin();
    notices.refresh();
    list.ready();
    live.start(cursor);
    byId("loading").hidden = true;
    router.start();
    performance.mark("interactive");
    await reading.rest();
  } catch (problem) {
    byId("loading").hidden = true;
    byId("failure").hidden = problem.status === 401;
    byId("failure-text").textContent = problem.text ?? String(problem);
    onState("offline");
  }
}

function write() {
  if (byId("composer").hidden) router.go(addressOf("today"));
  composer.focus();
}

api.whenSignedOut(signOut);
connection.whenBack = () => live.again();
wireDialogs();
joinIfInvited();
addEventListener("hashchange", joinIfInvited); // the link, opened where the page is open already
listen({
  write,
  go: Object.fromEntries(Object.entries({ t: "today", u: "upcoming", a: "all", d: "done", v: "activity" }).map(([key, name]) => [key, () => go(addressOf(name))])),
  undo: () => undo.last(),
  toggle: actions.toggle,
  edit: actions.edit,
  schedule: actions.schedule,
  flow: actions.flow,
  remove: actions.remove,
  help: showHelp,
  notices: () => notices.toggle(),
  more: {
    "/": () => {
      go(addressOf("search"));
      search.focus();
    },
  },
  escape: () => notices.toggle(false) || dismissNewest(),
});
byId("help-button").addEventListener("click", showHelp);
byId("retry").addEventListener("click", start);
start();
