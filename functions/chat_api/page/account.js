/** Part of the settings: the account goes, after it was confirmed. */

import { Problem, deleteMe } from "./api.js";
import { byId, element } from "./element.js";

export class Account {
  /** @param {{me: () => any}} ports */
  constructor({ me }) {
    this.me = me;
    byId("settings").append(
      element(
        "section",
        { class: "part", "aria-labelledby": "account-title" },
        element("h2", { id: "account-title" }, "Delete my account"),
        element("p", {}, "All that is yours goes, at once and for good. What you wrote in others’ lists stays there, as theirs; what still names you is erased within hours."),
        element("div", { class: "buttons" }, element("button", { type: "button", class: "danger", onclick: () => this.#ask() }, "Delete my account…")),
      ),
    );
  }

  /** There is nothing to read. */
  open() {}

  #ask() {
    const { email, name } = this.me();
    const confirm = element("input", { name: "confirm", autocomplete: "off", autocapitalize: "none", maxlength: 254 });
    const shared = element("input", { type: "checkbox" });
    const others = element("label", { class: "check-line", hidden: true }, shared, "Delete these lists for the others, too");
    const error = element("p", { class: "error", role: "alert" });
    const button = element("button", { type: "submit", class: "danger" }, "Delete my account");
    const form = element(
      "form",
      { class: "one-field", novalidate: true },
      element("p", { id: "leaving-text" }, "Lists, tasks, reminders, tokens and sessions: nothing of it can be brought back. Take it with you first, if you want it."),
      element("label", { class: "field" }, element("span", {}, `To confirm, write ${email || name}`), confirm),
      error,
      others,
      element("div", { class: "buttons" }, element("button", { type: "button", onclick: () => dialog.close() }, "Keep it"), button),
    );
    const dialog = element("dialog", { role: "alertdialog", "aria-labelledby": "leaving-title", "aria-describedby": "leaving-text" }, element("h2", { id: "leaving-title" }, "Delete my account?"), form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await deleteMe({ confirm: confirm.value, shared: shared.checked ? "delete" : "refuse" });
        location.assign("/");
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        others.hidden = problem.status !== 409;
        error.textContent = others.hidden ? problem.text : `${problem.text.split(";", 1)[0]}.`; // the rest is for programs
        button.disabled = false;
        (others.hidden ? confirm : shared).focus();
      }
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
}
