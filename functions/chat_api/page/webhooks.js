/** A person's webhooks: whom Taskwake calls, how that goes, and what to do when it does not. */

import { readDeliveries, readWebhooks, changeWebhook, createWebhook, deleteWebhook, redeliver, rotateSecret } from "./api.js";
import { byId, element } from "./element.js";
import { dueText, wallOf } from "./time.js";

const TOPICS = ["created", "updated", "completed", "reopened", "deleted", "recurred", "due"].map((verb) => `task.${verb}.v1`);
const STANDS = { requested: "being sent", retrying: "failed, comes again", delivered: "delivered", failed: "failed" };

/** Part of the settings. */
export class Webhooks {
  /** @param {{zone: () => string, failed: (problem: Error) => void}} ports */
  constructor({ zone, failed }) {
    this.zone = zone;
    this.failed = failed;
    this.rows = element("ul", { role: "list" });
    this.none = element("p", { hidden: true }, "Nobody is called yet. Give the address of a program of yours, and it is called for every change of your tasks.");
    this.url = element("input", { name: "url", type: "url", required: true, maxlength: 2000, placeholder: "https://example.org/hooks/taskwake" });
    this.filter = element("input", { name: "filter", maxlength: 1000, placeholder: "all of them, or say p1 & #work" });
    this.error = element("p", { class: "error", role: "alert" });
    const form = element(
      "form",
      { class: "fields", novalidate: true },
      element("div", {}, element("label", { class: "field" }, element("span", {}, "Call this address"), this.url)),
      element("div", {}, element("label", { class: "field" }, element("span", {}, "For these tasks"), this.filter)),
      this.error,
      element("div", { class: "buttons" }, element("button", { type: "submit" }, "Add")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
    byId("settings").append(
      element("section", { class: "part ledger", "aria-labelledby": "webhooks-title" }, element("h2", { id: "webhooks-title" }, "Webhooks"), this.none, this.rows, form),
    );
  }

  /** Shows them as they stand. */
  async open() {
    this.error.textContent = "";
    try {
      const webhooks = await readWebhooks();
      const logs = await Promise.all(webhooks.map(({ id }) => readDeliveries(id)));
      const now = wallOf(new Date(), this.zone());
      this.rows.replaceChildren(...webhooks.map((webhook, index) => this.#row(webhook, logs[index], now)));
      this.none.hidden = webhooks.length > 0;
    } catch (problem) {
      this.failed(problem);
    }
  }

  async #add() {
    if (!this.url.checkValidity()) {
      this.error.textContent = "Write an address like https://example.org/hooks/taskwake.";
      this.url.focus();
      return;
    }
    try {
      await createWebhook({ url: this.url.value.trim(), topics: TOPICS, filter: this.filter.value.trim() || null });
      this.url.value = this.filter.value = "";
    } catch (problem) {
      this.error.textContent = problem.text ?? String(problem);
      this.url.focus();
      return;
    }
    await this.open();
  }

  /** Does what a button says, and shows what came of it. */
  async #then(work) {
    try {
      await work();
    } catch (problem) {
      this.error.textContent = problem.text ?? String(problem);
      return;
    }
    await this.open();
  }

  #row(webhook, deliveries, now) {
    const { id, url, topics, filter, enabled, secret } = webhook;
    const button = (label, work, more = {}) =>
      element("button", { type: "button", "aria-label": `${label}: ${url}`, ...more, onclick: () => this.#then(work) }, label);
    return element(
      "li",
      {},
      element("span", { class: "what" }, url),
      element("span", { class: "about" }, `${this.#stands(webhook, now)} ${topics.length === TOPICS.length ? "For every change" : `For ${topics.join(", ")}`}${filter ? ` of ${filter}` : ""}.`),
      element("details", { class: "about" }, element("summary", {}, "Secret"), element("code", {}, secret)),
      element("ul", { role: "list", "aria-label": `Last calls of ${url}` }, ...deliveries.map((delivery) => this.#delivery(id, enabled, delivery, now))),
      element(
        "div",
        { class: "buttons" },
        button(enabled ? "Turn off" : "Turn on", () => changeWebhook(id, { enabled: !enabled })),
        button("New secret", () => rotateSecret(id)),
        button("Remove", () => deleteWebhook(id), { class: "danger" }),
      ),
    );
  }

  #stands({ enabled, disabled_reason: reason, failing_since: since, rotating_until: until }, now) {
    if (!enabled) return `Off: ${reason}.`;
    const rotating = until ? ` The secret before this one holds until ${this.#at(until, now)}.` : "";
    return (since ? `Failing since ${this.#at(since, now)}.` : "On.") + rotating;
  }

  #delivery(webhook, enabled, { id, topic, status, requested_at: requested, next_attempt_at: next, attempts }, now) {
    const last = attempts.at(-1);
    const why = last?.error ? `: ${last.error}` : "";
    const when = next ? `, again ${this.#at(next, now)}` : "";
    const text = `${topic.split(".")[1]}, ${this.#at(requested, now)}: ${STANDS[status]}${when}${why}`;
    const over = enabled && (status === "failed" || status === "delivered");
    return element(
      "li",
      {},
      element("span", { class: "about" }, text),
      over ? element("div", {}, element("button", { type: "button", "aria-label": `Send again: ${text}`, onclick: () => this.#then(() => redeliver(webhook, id)) }, "Send again")) : null,
    );
  }

  #at(moment, now) {
    return dueText(wallOf(new Date(moment), this.zone()), now).replace(/^(Today|Tomorrow|Yesterday)/, (day) => day.toLowerCase());
  }
}
