/** A person's settings: where they are, how they write dates, when they are left alone, how they are reminded. */

import { Access } from "./access.js";
import { Account } from "./account.js";
import { Problem, changeMe } from "./api.js";
import { Calendars } from "./calendars.js";
import { byId } from "./element.js";
import { Imports } from "./imports.js";
import { remindersField } from "./reminding.js";
import { wireTheme } from "./theme.js";
import { Webhooks } from "./webhooks.js";

const PLAIN = ["name", "email", "zone", "date_order", "week_start", "quiet_from", "quiet_until"];

/** The view of the settings. */
export class Settings {
  /**
   * @param {{me: () => any, lists: () => any[], imported: () => Promise<unknown>,
   *   changed: (me: any) => void, failed: (problem: Error) => void}} ports
   *   `changed` is given what PATCH /me answers
   */
  constructor({ me, lists, imported, changed, failed }) {
    this.me = me;
    this.changed = changed;
    this.form = byId("settings-form");
    this.parts = [new Calendars({ lists }), new Imports({ lists, imported }), new Webhooks({ zone: () => me().zone, failed }), new Access(), new Account({ me })];
    wireTheme();
    byId("settings-zones").append(...Intl.supportedValuesOf("timeZone").map((zone) => new Option(zone)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  /** Shows the settings as they are. */
  open() {
    const me = this.me();
    byId("settings").inert = false;
    for (const name of PLAIN) this.form.elements[name].value = shown(name, me[name]);
    this.reminders = remindersField("Reminders of a new task", me.default_reminders, me.zone);
    byId("settings-reminders").replaceChildren(this.reminders.node);
    this.#refuse("", "");
    for (const part of this.parts) part.open();
  }

  async #save() {
    const me = this.me();
    const changes = {};
    for (const name of PLAIN) {
      const value = this.form.elements[name].value.trim();
      if (value !== shown(name, me[name])) changes[name] = value || null;
    }
    const { quiet_from: from, quiet_until: until } = this.form.elements;
    if (Boolean(from.value) !== Boolean(until.value)) {
      return this.#refuse(from.value ? "quiet_until" : "quiet_from", "Quiet hours have a beginning and an end.");
    }
    const usual = this.reminders.value();
    if (JSON.stringify(usual) !== JSON.stringify(me.default_reminders)) changes.default_reminders = usual;
    try {
      this.changed(Object.keys(changes).length ? await changeMe(changes) : { ...me, moved_count: 0 });
      this.#refuse("", "");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#refuse(problem.errors[0]?.field ?? "", problem.text);
    }
  }

  #refuse(field, text) {
    byId("settings-error").textContent = text;
    for (const name of PLAIN) this.form.elements[name].toggleAttribute("aria-invalid", name === field);
    this.form.elements[field]?.focus();
  }
}

function shown(name, value) {
  return name.startsWith("quiet") ? (value ?? "").slice(0, 5) : (value ?? "");
}
