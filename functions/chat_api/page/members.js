/** Who shares a list: the dialog of its members and invitations, and the question to who was invited. */

import {
  acceptInvitation, changeMember, createInvitation, deleteInvitation, readInvitation, readInvitations, readMembers,
  removeMember,
} from "./api.js";
import { element } from "./element.js";

const INVITED = "#invitation=";

/** The dialog of one list's members. */
export class Members {
  /** @param {{me: () => any, undo: import("./undo.js").Undo, changed: () => Promise<void>}} ports `changed`: one left, or handed the list over */
  constructor({ me, undo, changed }) {
    this.me = me;
    this.undo = undo;
    this.changed = changed;
    this.title = element("h2", { id: "members-title" });
    this.list = element("ul", { "aria-label": "Members" });
    this.invitations = element("ul", { "aria-label": "Invitations" });
    this.made = element("div");
    this.error = element("p", { class: "error", role: "alert" });
    this.role = roles("editor", { "aria-label": "Role of whoever is invited" });
    this.invite = element(
      "div", { class: "buttons" },
      this.role,
      element("button", { type: "button", onclick: () => this.#try(() => this.#invite()) }, "Make an invitation"),
    );
    this.dialog = element(
      "dialog", { class: "access", "aria-labelledby": "members-title" },
      this.title, this.list, this.invitations, this.invite, this.made, this.error,
      element("div", { class: "buttons" }, element("button", { type: "button", class: "primary", onclick: () => this.dialog.close() }, "Close")),
    );
  }

  /** @param {any} list as GET /lists has it */
  async open(list) {
    this.of = list;
    this.title.textContent = `Members of ${list.name}`;
    this.made.replaceChildren();
    await this.#try(() => this.#show());
    document.body.append(this.dialog); // only now: of those that the page begins with, every button closes its own
    this.dialog.showModal();
  }

  async #show() {
    const owner = this.of.role === "owner";
    this.invite.hidden = !owner;
    const { members } = await readMembers(this.of.id);
    this.list.replaceChildren(...members.map((member) => this.#member(member, owner)));
    const { invitations } = owner ? await readInvitations(this.of.id) : { invitations: [] };
    this.invitations.replaceChildren(...invitations.map((invitation) => element(
      "li", {},
      element("span", { class: "what" }, `Invitation as ${invitation.role}`),
      element("span", { class: "about" }, `until ${new Date(invitation.expires_at).toLocaleDateString()}`),
      element("button", { type: "button", onclick: () => this.#do(() => deleteInvitation(this.of.id, invitation.id)) }, "Revoke"),
    )));
  }

  #member(member, owner) {
    const own = member.user_id === this.me().id;
    const changes = owner && !own;
    const leaves = own && !owner;
    const role = changes
      ? roles(member.role, { "aria-label": `Role of ${member.name}`, onchange: (event) => this.#change(member, event.target.value) }, true)
      : element("span", { class: "about" }, member.role);
    return element(
      "li", {},
      element("span", { class: "what" }, own ? `${member.name} (you)` : member.name),
      role,
      changes || leaves
        ? element("button", { type: "button", "aria-label": leaves ? "Leave this list" : `Remove ${member.name}`, onclick: () => this.#remove(member, leaves) }, leaves ? "Leave" : "Remove")
        : null,
    );
  }

  #change(member, role) {
    return this.#try(async () => {
      await changeMember(this.of.id, member.user_id, role);
      if (role !== "owner") this.undo.list(this.of.id);
      else {
        this.of = { ...this.of, role: "editor" };
        await this.changed();
      }
      await this.#show();
    });
  }

  #remove(member, leaves) {
    return this.#try(async () => {
      await removeMember(this.of.id, member.user_id);
      this.undo.list(this.of.id);
      if (!leaves) return this.#show();
      this.dialog.close();
      await this.changed();
    });
  }

  async #invite() {
    const { secret } = await createInvitation(this.of.id, this.role.value);
    await this.#show();
    const link = `${location.origin}/${INVITED}${secret}`;
    this.made.replaceChildren(shownOnce("Send this link to one person; it is shown this once, and works once.", link));
  }

  #do(work) {
    return this.#try(async () => {
      await work();
      await this.#show();
    });
  }

  async #try(work) {
    this.error.textContent = "";
    try {
      await work();
    } catch (problem) {
      this.error.textContent = problem.text ?? String(problem);
      if (problem.status) await this.#show().catch(() => {}); // as it is, not as it was asked for
    }
  }
}

/** Whether it is in the clipboard: over plain HTTP from another machine, or where it is forbidden, a page has none. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A secret that is never shown again, with a button to copy it. */
export function shownOnce(words, secret) {
  const field = element("input", { readonly: true, value: secret, "aria-label": words, onfocus: (event) => event.target.select() });
  const copy = element("button", {
    type: "button",
    onclick: async () => {
      field.focus();
      field.select();
      copy.textContent = (await copied(secret)) ? "Copied" : "Selected: copy it with your keys";
    },
  }, "Copy");
  return element("div", { class: "once" }, element("p", {}, words), field, copy);
}

/** Asks who came by an invitation's link whether to join; the secret leaves the address at once. */
export async function joinIfInvited() {
  if (!location.hash.startsWith(INVITED)) return;
  const secret = location.hash.slice(INVITED.length);
  history.replaceState(history.state, "", location.pathname + location.search);
  const error = element("p", { class: "error", role: "alert" });
  const about = await readInvitation(secret).catch((problem) => {
    error.textContent = problem.text ?? String(problem);
  });
  const dialog = element(
    "dialog", { "aria-labelledby": "join-title" },
    element("h2", { id: "join-title" }, about ? `Join ${about.list_name}?` : "This invitation is none"),
    about ? element("p", {}, `${about.invited_by} invites you as ${about.role}.`) : null,
    error,
    element(
      "div", { class: "buttons" },
      element("button", { type: "button", onclick: () => dialog.close() }, about ? "Not now" : "Close"),
      about ? element("button", {
        type: "button",
        class: "primary",
        onclick: () => acceptInvitation(secret).then(() => location.reload(), (problem) => {
          error.textContent = problem.text ?? String(problem);
        }),
      }, "Join") : null,
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function roles(present, attributes, handsOver = false) {
  const names = handsOver ? ["editor", "viewer", "owner"] : ["editor", "viewer"];
  return element("select", attributes, ...names.map((name) => element("option", { value: name, selected: name === present }, name)));
}
