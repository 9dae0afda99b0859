/** The box in which the person says what they want. */

import { Problem, chat, createTask } from "./api.js";
import { connection } from "./connection.js";
import { byId, element } from "./element.js";
import { Understood } from "./understood.js";

/** What chat is told to take back what it did last. */
const UNDO = "undo";

/** Sends what is typed to POST /chat and shows the answer. */
export class Composer {
  #last = "";
  /** The ways back from what was said, the last one last. @type {(() => void)[]} */
  #backs = [];

  /** @param {{took: (tasks: any[]) => void, show: (taskId: string) => void, list: () => any, undo: import("./undo.js").Undo}} ports `list`: that is shown */
  constructor({ took, show, list, undo }) {
    this.undo = undo;
    this.list = list;
    this.took = took;
    this.show = show;
    this.form = byId("composer");
    this.box = byId("box");
    this.answer = byId("answer");
    this.send = byId("send");
    this.understood = new Understood(this.box);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    for (const example of document.querySelectorAll(".example")) {
      example.addEventListener("click", () => this.fill(example.textContent));
    }
  }

  /** Focuses the box. */
  focus() {
    this.box.focus();
    this.box.select();
  }

  /** Puts a sentence into the box, for the person to send or change. @param {string} text */
  fill(text) {
    this.#write(text);
    this.box.focus();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowUp" && !this.box.value && this.#last) {
      event.preventDefault();
      this.fill(this.#last);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (this.box.value) this.#write("");
      else this.box.blur();
    }
  }

  #write(text) {
    this.box.value = text;
    this.understood.look();
  }

  async #submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.#last = text;
    await this.#say(text);
  }

  /** The list that is shown is where a task goes that names none. */
  #say(text, question = null, listId = this.list()?.id ?? null) {
    return this.#ask(async () => {
      const { answer, tasks, understood, choices = [], undo, event_id: event } = await chat({
        text,
        list_id: listId,
        question,
      });
      if (this.box.value.trim() === text) this.#write("");
      this.took(tasks);
      if (undo) this.#backs.push(event ? this.undo.event(event) : this.undo.add(() => this.#say(undo)));
      else if (text.toLowerCase() === UNDO) this.undo.forget(this.#backs.pop());
      const next = undo ? [...choices, { words: "Undo", text: undo, question: null }] : choices;
      this.#reply(understood ? "" : "unsure", answer, tasks, understood || question ? null : text, next, listId);
    });
  }

  async #ask(work) {
    if (this.form.ariaBusy === "true") return; // a second click on Undo would go further back
    if (connection.down) this.#wait();
    else {
      this.form.ariaBusy = "true";
      this.send.disabled = true;
    }
    try {
      await this.undo.doing(work());
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#reply("failed", problem.text, [], null);
    } finally {
      this.form.ariaBusy = "false";
      this.send.disabled = false;
    }
  }

  /** Nothing can be answered now: the box is free for the next. */
  #wait() {
    this.#write("");
    this.#reply("unsure", "This is sent when Taskwake can be reached again.", [], null);
  }

  #reply(kind, text, tasks, plain, choices = [], listId = null) {
    const readings = choices.map(({ words, text, question }) =>
      element("button", { type: "button", class: "chip", onclick: () => this.#say(text, question, listId) }, words),
    );
    const links = tasks.map((task) =>
      element("button", { type: "button", class: "chip", onclick: () => this.show(task.id) }, task.title),
    );
    const add = plain
      ? element("button", { type: "button", class: "chip", onclick: () => this.#addPlainly(plain) }, `Add “${plain}” as a task`)
      : null;
    this.answer.className = `answer ${kind}`;
    this.answer.replaceChildren(
      element("p", {}, text),
      links.length || readings.length || add
        ? element("div", { class: "chips" }, ...readings, ...links.slice(0, 12), add)
        : "",
      element("button", { type: "button", class: "quiet close", "aria-label": "Close the answer", onclick: () => this.answer.replaceChildren() }, "×"),
    );
  }

  #addPlainly(title) {
    return this.#ask(async () => {
      const task = await createTask({ title, list_id: this.list()?.id ?? null });
      this.took([task]);
      this.undo.changed(task);
      this.#reply("", "Added, with no date.", [task], null);
    });
  }
}
