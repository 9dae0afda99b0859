/** What one of this browser's tabs does for all of them (Web Locks API). */
export class Turn {
  #name;
  #asked = null;

  /** Whether it is this tab's turn. */
  held = false;

  /** @param {string} name what the tabs take turns at */
  constructor(name) {
    this.#name = name;
  }

  /** Waits until no other tab has the turn; asking twice is asking once. @param {() => void} got called when it is this tab's */
  ask(got) {
    if (this.#asked) return;
    const asked = (this.#asked = new AbortController());
    const ended = new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
    const held = () => {
      this.held = true;
      got();
      return ended;
    };
    navigator.locks.request(this.#name, { signal: asked.signal }, held).catch((error) => {
      if (error.name !== "AbortError") throw error; // else the turn was given up before it came
    });
  }

  /** Gives the turn up, or waits for it no longer. */
  end() {
    this.#asked?.abort();
    this.#asked = null;
    this.held = false;
  }
}
