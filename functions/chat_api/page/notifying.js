/** The browser's notifications: by a service worker where there is one, since Chrome on Android knows no other way. */

const WORKER = "/page/worker.js";
const ICON = "/page/icon-192.png";

export class Notifying {
  /** @type {Promise<ServiceWorkerRegistration|null>|null} */
  #worker = null;

  /** @param {(taskId: string) => void} show what a click on a notification leads to */
  constructor(show) {
    this.show = show;
    navigator.serviceWorker?.addEventListener("message", ({ data }) => this.show(data.taskId));
    if (this.allowed) this.#worker = begun();
  }

  /** Whether the person allowed it. */
  get allowed() {
    return "Notification" in window && Notification.permission === "granted";
  }

  /** Whether they can be asked. */
  get undecided() {
    return "Notification" in window && Notification.permission === "default";
  }

  /** Asks whether it is allowed. */
  async ask() {
    await Notification.requestPermission();
    if (this.allowed) this.#worker = begun();
  }

  /**
   * Notifies, if that is allowed and nobody looks; where the browser refuses, the page alone has said it.
   * @param {string} title @param {{body: string, tag: string, taskId: string}} what
   */
  async notify(title, { body, tag, taskId }) {
    if (!this.allowed || document.hasFocus()) return;
    const options = { body, tag, icon: ICON, data: { taskId } };
    try {
      const worker = await this.#worker;
      if (worker) await worker.showNotification(title, options);
      else this.#plainly(title, options);
    } catch (error) {
      console.info(`The browser shows no notification: ${error.message}`);
    }
  }

  #plainly(title, options) {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      this.show(options.data.taskId);
      notification.close();
    };
  }
}

/** The service worker once it is active; null where there is none, as over plain HTTP or in a private window. */
async function begun() {
  try {
    const registration = await navigator.serviceWorker.register(address());
    const coming = registration.active ? null : (registration.installing ?? registration.waiting);
    if (coming) await new Promise((settled) => coming.addEventListener("statechange", () => ["activated", "redundant"].includes(coming.state) && settled(null)));
    return registration.active ? registration : null;
  } catch (error) {
    console.info(`Notifications do without a service worker: ${error.message}`);
    return null;
  }
}

/** The only script's address that the page's policy lets it make. */
function address() {
  const policy = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => WORKER });
  return policy?.createScriptURL(WORKER) ?? WORKER;
}
