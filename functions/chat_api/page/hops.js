/** What became of an event, hop by hop. Pure: times are milliseconds since 1970. */

/**
 * One hop: in its lane something was done at `end`, counted from `start`; null: it is still to come.
 * `cause`: at which place among them stands the hop that it follows from; null: none.
 * @typedef {{lane: string, what: string, kind: "origin"|"outbox"|"function"|"notice"|"channel"|"failed", start: number, end: number|null, cause: number|null, tells: string}} Hop
 * @typedef {{event: any, hops: Hop[], from: number, until: number, pending: boolean}} Chapter
 */

/** To the microsecond, which Date would cut. @param {string} text RFC 3339 */
function moment(text) {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  return Math.floor(new Date(text).getTime() / 1000) * 1000 + Number(`0.${fraction || 0}`) * 1000;
}

/**
 * An event of GET /tasks/{id}/flow as its hops, in the order that they are shown.
 * @param {any} event @param {string[]} consumers the functions that handle its topic @returns {Chapter}
 */
export function chapterOf(event, consumers) {
  const at = moment(event.at);
  const hops = [];
  const add = (lane, what, kind, start, end, words, cause = 0) => {
    const took = end === null ? "still to come" : end - start < 0.001 ? "" : `, ${spanText(end - start)} after ${words}`;
    hops.push({ lane, what, kind, start, end, cause: hops.length ? cause : null, tells: `${lane}: ${what}${end === null ? `, ${took}` : took}.` });
  };
  if (event.remind_at) add(event.emitter, "rang, and wrote the event", "origin", Math.min(moment(event.remind_at), at), at, "its moment");
  else add(event.emitter, "wrote it, with the event", "origin", at, at, "");
  add("outbox", "handed on", "outbox", at, event.published_at && moment(event.published_at), "it was written");
  for (const name of consumers) {
    const of = ({ function: each }) => each === name;
    const [handled, lost] = [event.handled.find(of), event.given_up.find(of)];
    if (lost && !handled) add(name, "could not handle it", "failed", at, moment(lost.at), "it was written");
    else add(name, "took it up", "function", at, handled ? moment(handled.at) : null, "it was written");
  }
  const handled = event.handled.length ? moment(event.handled[0].at) : at;
  const place = (kind) => hops.findIndex((hop) => hop.kind === kind);
  const taker = Math.max(place("function"), 0);
  if (event.notice) add("notice", "you were told in the app", "notice", handled, moment(event.notice.at), "the function took it up", taker);
  const teller = event.notice ? place("notice") : taker;
  for (const delivery of event.deliveries) {
    const first = hops.length;
    addDelivery((...hop) => add(...hop, hops.length === first ? teller : hops.length - 1), delivery);
  }
  const ends = hops.flatMap(({ start, end }) => [start, end ?? start]);
  return { event, hops, from: Math.min(...ends), until: Math.max(...ends), pending: hops.some(({ end }) => end === null) };
}

/** A delivery is an event, too: handed on, taken up, and only then sent. What is not known of one that ended is left out. */
function addDelivery(add, delivery) {
  const lane = delivery.channel === "email" ? "e-mail" : "webhook";
  const asked = moment(delivery.requested_at);
  const [published, handled] = [delivery.published_at, delivery.handled_at].map((each) => each && moment(each));
  if (published || ["requested", "retrying"].includes(delivery.status)) add("outbox", `handed the ${lane} on`, "outbox", asked, published, "it was asked for");
  if (handled) add("delivery-requested", `took the ${lane} up`, "function", published ?? asked, handled, published ? "it was handed on" : "it was asked for");
  const [since, words] = handled ? [handled, "it was taken up"] : [published ?? asked, published ? "it was handed on" : "it was asked for"];
  const ended = (at) => [Math.min(since, at), at, words];
  const tries = delivery.attempts > 1 ? `, at attempt ${delivery.attempts}` : "";
  if (delivery.status === "delivered") add(lane, `delivered${tries}`, "channel", ...ended(moment(delivery.delivered_at)));
  else if (delivery.status === "failed") add(lane, `given up${tries}: ${delivery.last_error ?? "no reason"}`, "failed", ...ended(moment(delivery.attempted_at)));
  else add(lane, delivery.attempts ? `tried${delivery.attempts > 1 ? ` ${delivery.attempts} times` : ""}: ${delivery.last_error}` : "being sent", "channel", since, null, "");
}

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]];

/** A span in short: "0.4 ms", "12 ms", "3.2 s", "2 d". @param {number} ms */
export function spanText(ms) {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["ms", 1];
  const amount = ms / size;
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}
