/** What became of an event, hop by hop. Pure: times are milliseconds since 1970. */

/**
 * One hop: in its lane something was done at `end`, counted from `start`; null: it is still to come.
 * @typedef {{lane: string, what: string, kind: "origin"|"outbox"|"function"|"notice"|"channel"|"failed", start: number, end: number|null, tells: string}} Hop
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
  const add = (lane, what, kind, start, end, words) => {
    const took = end === null ? "still to come" : end - start < 0.001 ? "" : `, ${spanText(end - start)} after ${words}`;
    hops.push({ lane, what, kind, start, end, tells: `${lane}: ${what}${end === null ? `, ${took}` : took}.` });
  };
  if (event.remind_at) add(event.emitter, "rang, and wrote the event", "origin", Math.min(moment(event.remind_at), at), at, "its moment");
  else add(event.emitter, "wrote it, with the event", "origin", at, at, "");
  add("outbox", "handed on", "outbox", at, event.published_at && moment(event.published_at), "it was written");
  for (const name of consumers) {
    const handled = event.handled.find(({ function: each }) => each === name);
    add(name, "took it up", "function", at, handled ? moment(handled.at) : null, "it was written");
  }
  const handled = event.handled.length ? moment(event.handled[0].at) : at;
  if (event.notice) add("notice", "you were told in the app", "notice", handled, moment(event.notice.at), "the function took it up");
  for (const delivery of event.deliveries) addDelivery(add, delivery);
  const ends = hops.flatMap(({ start, end }) => [start, end ?? start]);
  return { event, hops, from: Math.min(...ends), until: Math.max(...ends), pending: hops.some(({ end }) => end === null) };
}

function addDelivery(add, delivery) {
  const lane = delivery.channel === "email" ? "e-mail" : "webhook";
  const asked = moment(delivery.requested_at);
  const tries = delivery.attempts > 1 ? `, at attempt ${delivery.attempts}` : "";
  if (delivery.status === "delivered") add(lane, `delivered${tries}`, "channel", asked, moment(delivery.delivered_at), "it was asked for");
  else if (delivery.status === "failed") add(lane, `given up${tries}: ${delivery.last_error ?? "no reason"}`, "failed", asked, moment(delivery.attempted_at), "it was asked for");
  else add(lane, delivery.attempts ? `tried${delivery.attempts > 1 ? ` ${delivery.attempts} times` : ""}: ${delivery.last_error}` : "being sent", "channel", asked, null, "");
}

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]];

/** A span in short: "0.4 ms", "12 ms", "3.2 s", "2 d". @param {number} ms */
export function spanText(ms) {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["ms", 1];
  const amount = ms / size;
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}
