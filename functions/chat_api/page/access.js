/** Part of the settings: tokens for programs, and the browsers that are logged in. */

import { createToken, deleteSession, deleteToken, readSessions, readTokens } from "./api.js";
import { byId, element } from "./element.js";
import { shownOnce } from "./members.js";

const SCOPES = {
  "tasks:read": "See tasks and lists",
  "tasks:write": "Change tasks and lists",
  account: "Everything else: webhooks, members, tokens, who you are",
};

/** The part below the settings' form. */
export class Access {
  constructor() {
    this.tokens = element("ul", { "aria-label": "Tokens" });
    this.sessions = element("ul", { "aria-label": "Sessions" });
    this.error = element("p", { class: "error", role: "alert" });
    this.made = element("div");
    this.form = element(
      "form",
      { class: "fields", onsubmit: (event) => this.#create(event) },
      element("label", { class: "field" }, element("span", {}, "What it is for"), element("input", { name: "name", required: true, maxlength: 200 })),
      element("label", { class: "field" }, element("span", {}, "Valid"), element(
        "select", { name: "days" },
        element("option", { value: "30" }, "for 30 days"),
        element("option", { value: "365" }, "for a year"),
        element("option", { value: "" }, "until it is revoked"),
      )),
      element(
        "div",
        { class: "field", role: "group", "aria-label": "What it may do" },
        ...Object.entries(SCOPES).map(([scope, words]) =>
          element("label", { class: "choice" }, element("input", { type: "checkbox", name: "scope", value: scope, checked: scope === "tasks:read" }), words)),
      ),
      element("div", { class: "buttons" }, element("button", { type: "submit" }, "New token")),
    );
    byId("settings").append(
      element(
        "section",
        { class: "part access", "aria-label": "Tokens and sessions" },
        element("h2", {}, "Tokens"), this.tokens, this.form, this.made,
        element("h2", {}, "Sessions"), this.sessions,
        this.error,
      ),
    );
  }

  /** Shows them as they are. */
  open() {
    this.made.replaceChildren();
    return this.#try(() => Promise.all([this.#showTokens(), this.#showSessions()]));
  }

  async #showTokens() {
    const { tokens } = await readTokens();
    this.tokens.replaceChildren(...tokens.map((token) => line(
      token.name || "Command line",
      [token.scopes.join(", "), used(token), token.expires_at ? `until ${day(token.expires_at)}` : null].filter(Boolean).join(" · "),
      "Revoke",
      () => this.#try(async () => {
        await deleteToken(token.id);
        await this.#showTokens();
      }),
    )));
  }

  async #showSessions() {
    const { sessions } = await readSessions();
    this.sessions.replaceChildren(...sessions.map((session) => line(
      session.current ? "This browser" : browser(session.name),
      `since ${day(session.created_at)} · ${used(session)}`,
      "Log out",
      () => this.#try(async () => {
        await deleteSession(session.id);
        if (session.current) return location.reload();
        await this.#showSessions();
      }),
    )));
  }

  async #create(event) {
    event.preventDefault();
    const data = new FormData(this.form);
    const days = Number(data.get("days"));
    await this.#try(async () => {
      const made = await createToken({
        name: data.get("name"),
        scopes: data.getAll("scope"),
        expires_at: days ? new Date(Date.now() + days * 86_400_000).toISOString() : null,
      });
      this.form.reset();
      this.made.replaceChildren(shownOnce("Copy it now; it is shown this once.", made.secret));
      await this.#showTokens();
    });
  }

  async #try(work) {
    this.error.textContent = "";
    try {
      await work();
    } catch (problem) {
      this.error.textContent = problem.text ?? String(problem);
    }
  }
}

function line(name, about, verb, act) {
  return element(
    "li", {},
    element("span", { class: "what" }, name),
    element("span", { class: "about" }, about),
    element("button", { type: "button", onclick: act, "aria-label": `${verb}: ${name}` }, verb),
  );
}

const day = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
const used = ({ last_used_at: at }) => (at ? `last used ${day(at)}` : "never used");

/** A browser's long name of itself, as far as a person knows it. */
function browser(name) {
  const known = /(Firefox|Edg|Chrome|Safari)\/\d+/.exec(name);
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(name);
  return known ? [known[1].replace("Edg", "Edge"), system?.[1]].filter(Boolean).join(", ") : name || "A browser";
}
