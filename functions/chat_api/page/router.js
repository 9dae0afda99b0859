/** The views and their addresses: a reload or a shared link shows the same, and back goes back. */

const BASE = "/app/";
const FIRST = "today";
/** The view that says that there is no such page. */
export const NOWHERE = "nowhere";

/**
 * A view with what its address says: `id` of a list or a task, `query` of a search.
 * @typedef {{name: string, id: string|null, query: URLSearchParams}} View
 */

/** @param {string} name @param {string|null} [id] @returns {string} the address of a view */
export const addressOf = (name, id = null) => BASE + name + (id ? `/${encodeURIComponent(id)}` : "");

/** The view of an address; `NOWHERE` for what is none. @param {{pathname: string, search: string}} url @param {string[]} names */
export function viewOf({ pathname, search }, names) {
  const [given = "", id = ""] = pathname.startsWith(BASE) ? pathname.slice(BASE.length).split("/") : [];
  const name = given || FIRST;
  const query = new URLSearchParams(search);
  const read = decoded(id);
  return names.includes(name) && read !== null ? { name, id: read || null, query } : { name: NOWHERE, id: null, query };
}

/** What stands percent-encoded there; null: nothing that can be read. @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Follows the links between views without loading the page again. */
export class Router {
  /** @param {string[]} names of the views @param {(view: View, arrived: boolean) => void} show `arrived`: by a link, not by back or a reload */
  constructor(names, show) {
    this.names = names;
    this.show = show;
    history.scrollRestoration = "manual";
    addEventListener("popstate", () => this.#arrive(false));
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.(`a[href^="${BASE}"]`);
      if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.go(link.getAttribute("href"));
    });
  }

  /** Shows what the address says. */
  start() {
    this.view = viewOf(location, this.names);
    if (!location.pathname.startsWith(BASE)) history.replaceState(null, "", addressOf(FIRST));
    this.#arrive(false);
  }

  /** Goes to an address; `replace`: back does not come here again. @param {string} address @param {{replace?: boolean}} [how] */
  go(address, { replace = false } = {}) {
    if (address === location.pathname + location.search) return;
    if (!replace) history.replaceState({ ...history.state, y: scrollY }, "");
    history[replace ? "replaceState" : "pushState"](null, "", address);
    this.#arrive(!replace);
  }

  /** Another address for what is shown already. @param {string} address */
  note(address) {
    history.replaceState(history.state, "", address);
    this.view = viewOf(location, this.names);
  }

  /** Where the page was scrolled to when this entry of the history was left. */
  get scrolled() {
    return history.state?.y ?? 0;
  }

  #arrive(arrived) {
    this.view = viewOf(location, this.names);
    this.show(this.view, arrived);
  }
}
