/** The HTTP API, one function an operation. Every failure is a Problem. */

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
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Problem({ title: "No connection", detail: "Taskwake cannot be reached. Is it running?" });
  }
  if (response.ok) return response;
  if (response.status === 401) signedOut();
  const problem = await response.json().catch(() => ({ title: `The server answered ${response.status}.` }));
  throw new Problem({ ...problem, status: response.status });
}

const json = async (...call) => (await request(...call)).json();
const task = (id) => `/tasks/${encodeURIComponent(id)}`;

export const readMe = () => json("GET", "/me");
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
export const chat = (text) => json("POST", "/chat", { text });
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

export const readLists = () => json("GET", "/lists");
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

const PAGE = 100;
const MOST = 1_000;
const MOST_DONE = 20;

/**
 * The open tasks (at most 1,000), the last 20 done ones, and the cursor from which /events continues
 * what was read: it is taken from the first answer, so that no later change can be missed.
 * `more`: there are open tasks beyond those.
 * @returns {Promise<{tasks: object[], cursor: string|null, more: boolean}>}
 */
export async function readTasks() {
  const first = await request("GET", `/tasks?status=open&limit=${PAGE}`);
  const cursor = first.headers.get("X-Event-Cursor");
  const done = json("GET", `/tasks?status=done&limit=${MOST_DONE}`);
  done.catch(() => {}); // awaited below; a failure of the pages before it must not leave it unhandled
  let page = await first.json();
  const tasks = [...page.tasks];
  while (page.next_cursor && tasks.length < MOST) {
    page = await json("GET", `/tasks?status=open&limit=${PAGE}&cursor=${encodeURIComponent(page.next_cursor)}`);
    tasks.push(...page.tasks);
  }
  tasks.push(...(await done).tasks);
  return { tasks, cursor, more: Boolean(page.next_cursor) };
}
