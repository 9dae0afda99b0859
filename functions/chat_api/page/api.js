/** The HTTP API, one function an operation. Every failure is a Problem. */

import { connection } from "./connection.js";

/** What went wrong with a request: RFC 9457's members, or `status` 0 when no answer came. */
export class Problem extends Error {
  /** @param {{status?: number, title?: string, detail?: string, errors?: {field: string, message: string}[]}} body */
  constructor({ status = 0, title = "Something went wrong", detail = "", errors = [] }) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.errors = errors;
  }

  /** The message in words for a person: the first named field's, else the detail. */
  get text() {
    return this.errors.length ? this.errors.map((error) => error.message).join(" ") : this.message;
  }
}

const TIMEOUT_MS = 20_000;
const FILE_TIMEOUT_MS = 180_000;
let signedOut = () => {};

/**
 * Says what to do when the server no longer knows who asks (401).
 * @param {() => void} handler
 */
export function whenSignedOut(handler) {
  signedOut = handler;
}

async function request(method, path, body) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-Taskwake"] = "page";
  if (method !== "GET") headers["Idempotency-Key"] = newKey();
  const file = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = file ? body.type : "application/json";
  const options = { method, headers, body: file || body === undefined ? body : JSON.stringify(body), cache: "no-store" };
  const response = await answerTo(path, options);
  if (response.ok) return response;
  if (response.status === 401) signedOut();
  const problem = await response.json().catch(() => ({ title: `The server answered ${response.status}.` }));
  throw new Problem({ ...problem, status: response.status });
}

/** A write waits for the server, however long it is away; a reading fails, and is asked for again by who needs it. */
async function answerTo(path, options) {
  const send = () => fetch(path, { ...options, signal: AbortSignal.timeout(options.body instanceof Blob ? FILE_TIMEOUT_MS : TIMEOUT_MS) });
  if (options.method !== "GET") return connection.write(send);
  try {
    return await send();
  } catch {
    connection.lost();
    throw new Problem({ title: "No connection", detail: "Taskwake cannot be reached. Is it running?" });
  }
}

/** A key of one's own; over plain HTTP from another machine there is no randomUUID. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const json = async (...call) => (await request(...call)).json();
const task = (id) => `/tasks/${encodeURIComponent(id)}`;

export const readMe = () => json("GET", "/me");
/** @param {{confirm: string, shared: "refuse"|"delete"}} asked */
export const deleteMe = (asked) => request("DELETE", "/me", asked);
export const changeMe = (changes) => json("PATCH", "/me", changes);
export const createTask = (fields) => json("POST", "/tasks", fields);
/** Those of one task, in their order; not those below them. @param {string} id */
export const readSubtasks = async (id) =>
  (await json("GET", `/tasks?status=all&sort=position&limit=500&parent_id=${encodeURIComponent(id)}`)).tasks;
export const changeTask = (id, changes) => json("PATCH", task(id), changes);
export const completeTask = (id) => json("POST", `${task(id)}/complete`);
export const skipTask = (id) => json("POST", `${task(id)}/skip`);
export const reopenTask = (id) => json("POST", `${task(id)}/reopen`);
/** @param {string} id @param {"this"|"following"|"all"|null} scope which of a series; null: no word of it */
export const deleteTask = (id, scope = null) => request("DELETE", task(id) + (scope ? `?scope=${scope}` : ""));
export const previewPhrase = (text) => json("GET", `/phrases/preview?text=${encodeURIComponent(text)}`);
/** @param {{text: string, list_id?: string|null, question?: string|null}} said */
export const chat = (said) => json("POST", "/chat", said);
export const readNotices = async () => (await json("GET", "/notices?limit=50")).notices;
/** A page of the reminders that rang, the latest first. @param {string|null} cursor */
export const readLedger = (cursor) =>
  json("GET", `/reminders/ledger?fired=true&limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
export const readMisses = () => json("GET", "/reminders/misses?limit=50");
const notice = (id) => `/notices/${encodeURIComponent(id)}`;
export const acknowledgeNotice = (id) => request("POST", `${notice(id)}/acknowledge`);
/** @param {string} id @param {number} minutes from now */
export const snoozeNotice = (id, minutes) => json("POST", `${notice(id)}/snooze`, { minutes });
export const markNoticeRead = (id) => request("POST", `${notice(id)}/read`);

const webhook = (id) => `/webhooks/${encodeURIComponent(id)}`;
export const readWebhooks = async () => (await json("GET", "/webhooks")).webhooks;
export const createWebhook = (fields) => json("POST", "/webhooks", fields);
export const changeWebhook = (id, changes) => json("PATCH", webhook(id), changes);
export const deleteWebhook = (id) => request("DELETE", webhook(id));
export const rotateSecret = (id) => json("POST", `${webhook(id)}/secret/rotate`);
/** The last five calls of a webhook, the latest first. @param {string} id */
export const readDeliveries = async (id) => (await json("GET", `${webhook(id)}/deliveries?limit=5`)).deliveries;
export const redeliver = (id, delivery) => request("POST", `${webhook(id)}/deliveries/${encodeURIComponent(delivery)}/redeliver`);

export const readFeeds = async () => (await json("GET", "/calendar-feeds")).feeds;
/** @param {{name: string, list_ids: string[]|null, components: string[], done: boolean}} feed */
export const createFeed = (feed) => json("POST", "/calendar-feeds", feed);
export const deleteFeed = (id) => request("DELETE", `/calendar-feeds/${id}`);
/** @param {Blob} file its type says what it is @param {Record<string, string>} how a list_id, a dry_run */
export const importFile = (file, how) => json("POST", `/import?${new URLSearchParams(how)}`, file);
export const readTokens = () => json("GET", "/tokens");
/** @param {{name: string, scopes: string[], expires_at: string|null}} token */
export const createToken = (token) => json("POST", "/tokens", token);
export const deleteToken = (id) => request("DELETE", `/tokens/${id}`);
export const readSessions = () => json("GET", "/sessions?limit=100");
export const deleteSession = (id) => request("DELETE", `/sessions/${id}`);
const members = (list) => `/lists/${encodeURIComponent(list)}/members`;
export const readMembers = (list) => json("GET", members(list));
export const changeMember = (list, id, role) => request("PATCH", `${members(list)}/${id}`, { role });
export const removeMember = (list, id) => request("DELETE", `${members(list)}/${id}`);
const invitations = (list) => `/lists/${encodeURIComponent(list)}/invitations`;
export const readInvitations = (list) => json("GET", invitations(list));
export const createInvitation = (list, role) => json("POST", invitations(list), { role });
export const deleteInvitation = (list, id) => request("DELETE", `${invitations(list)}/${id}`);
const invitation = (secret) => `/invitations/${encodeURIComponent(secret)}`;
export const readInvitation = (secret) => json("GET", invitation(secret));
export const acceptInvitation = (secret) => json("POST", `${invitation(secret)}/accept`);

const letters = (rest) => `/dead-letters${rest}`;
/** For operators. @param {string} rest of the path: of all, "/audit" @param {Record<string, string>} [wanted] */
export const readDeadLetters = (rest, wanted = {}) => json("GET", letters(`${rest}?${new URLSearchParams(wanted)}`));
const letter = (id) => letters(`/${encodeURIComponent(id)}`);
export const readDeadLetter = (id) => json("GET", letter(id));
export const replayDeadLetter = (id) => json("POST", `${letter(id)}/replay`);
export const dropDeadLetter = (id) => request("DELETE", letter(id));

export const readLists = () => json("GET", "/lists");
export const createList = (name) => json("POST", "/lists", { name });
/** @param {string} id @param {string} name */
export const renameList = (id, name) => json("PATCH", `/lists/${encodeURIComponent(id)}`, { name });
/** @param {string} id */
export const deleteList = (id) => request("DELETE", `/lists/${encodeURIComponent(id)}`);
export const readFilters = async () => (await json("GET", "/filters")).filters;
/** @param {string} name @param {string} query */
export const createFilter = (name, query) => json("POST", "/filters", { name, query });
/** @param {string} id */
export const deleteFilter = (id) => request("DELETE", `/filters/${encodeURIComponent(id)}`);
/** A page of the tasks that a filter or words mean. @param {Record<string, string>} wanted @param {string|null} cursor */
export const findTasks = (wanted, cursor) => json("GET", `/tasks?${new URLSearchParams({ limit: "100", ...wanted, ...(cursor ? { cursor } : {}) })}`);
/** The next days, with what recurs in them. @param {number} days */
export const readUpcoming = (days) => json("GET", `/upcoming?days=${days}`);
/** @param {string} id */
export const readFlow = (id) => json("GET", `${task(id)}/flow`);
/** A page of what was done, by whomever, the latest first. @param {Record<string, string>} wanted a cursor, a user_id */
export const readActivity = (wanted) => json("GET", `/activity?${new URLSearchParams({ limit: "50", ...wanted })}`);
/** @param {string} id @param {number} limit so many of the last */
export const readTaskActivity = async (id, limit) => (await json("GET", `${task(id)}/activity?limit=${limit}`)).activity;
/** What was done to a list and its members, the last first; also of one that was left or deleted. @returns {Promise<any[]>} */
export const readListActivity = async (id) => (await json("GET", `/activity?${new URLSearchParams({ list_id: id, topic: "list.changed.v1" })}`)).activity;
/** Takes back what one did. @param {string} event its id */
export const undoEvent = (event) => json("POST", `/events/${encodeURIComponent(event)}/undo`);
/** @param {string} id */
export const readTask = (id) => json("GET", task(id));
/** A page of the tasks that are done, the last done first. @param {string|null} cursor */
export const readDone = (cursor) => json("GET", `/tasks?status=done&limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);

const PAGE = 500;

/**
 * The open tasks, page by page as they come, and the cursor from which /events continues what was read: it is that of
 * the first page, so that no later change can be missed.
 * @returns {AsyncGenerator<{tasks: any[], cursor: string|null}>}
 */
export async function* readOpenTasks() {
  let next = null;
  let cursor = null;
  do {
    const response = await request("GET", `/tasks?status=open&limit=${PAGE}${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
    cursor ??= response.headers.get("X-Event-Cursor");
    const page = await response.json();
    yield { tasks: page.tasks, cursor };
    next = page.next_cursor;
  } while (next);
}
