/** Notes as they are meant: Markdown (CommonMark, with GitHub's tables and things to do), made of elements. */

import { element } from "./element.js";
import { marked } from "./vendor/marked.js";

/** Where a link may lead; whatever else is named as one stays text. */
const SAFE = /^(?:https?:|mailto:|tel:)/i;
const INLINE = { strong: "strong", em: "em", del: "del" };
const PLAIN = ["space", "text", "escape", "br"];

/**
 * The notes as elements; null where they would look as they are written.
 * @param {string} text
 * @returns {HTMLElement|null}
 */
export function rendered(text) {
  const tokens = marked.lexer(text, { gfm: true, breaks: true });
  const plain = tokens.every(({ type, tokens: parts = [] }) => type === "space" || (type === "paragraph" && parts.every((part) => PLAIN.includes(part.type))));
  return plain ? null : element("div", { class: "markdown" }, ...tokens.map(block));
}

function block(token) {
  switch (token.type) {
    case "heading":
      // Below the page's own.
      return element(`h${Math.min(token.depth + 3, 6)}`, {}, ...inside(token));
    case "paragraph":
      return element("p", {}, ...inside(token));
    case "blockquote":
      return element("blockquote", {}, ...token.tokens.map(block));
    case "code":
      return element("pre", {}, element("code", {}, token.text));
    case "list":
      return element(token.ordered ? "ol" : "ul", { start: token.ordered && token.start !== 1 ? token.start : null }, ...token.items.map(item));
    case "table":
      return element("table", {}, tableRow(token.header, "th"), ...token.rows.map((cells) => tableRow(cells, "td")));
    case "hr":
      return element("hr");
    case "space":
    case "def":
      return null;
    default: // of a list's item: its line; of HTML: what was written
      return element("span", {}, ...inside(token));
  }
}

function item(token) {
  const done = token.task ? element("span", { role: "img", "aria-label": token.checked ? "done" : "to do" }, token.checked ? "☑ " : "☐ ") : null;
  return element("li", {}, done, ...token.tokens.filter(({ type }) => type !== "checkbox").map(block));
}

function tableRow(cells, tag) {
  return element("tr", {}, ...cells.map((cell) => element(tag, {}, ...inside(cell))));
}

function inside(token) {
  return token.tokens ? token.tokens.map(inline) : [token.text ?? token.raw];
}

function inline(token) {
  if (token.type in INLINE) return element(INLINE[token.type], {}, ...inside(token));
  if (token.type === "codespan") return element("code", {}, token.text);
  if (token.type === "br") return element("br");
  if ((token.type === "link" || token.type === "image") && SAFE.test(token.href)) {
    const words = token.type === "link" ? inside(token) : [token.text || token.href];
    return element("a", { href: token.href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...words);
  }
  if (token.type === "text" && token.tokens) return element("span", {}, ...inside(token));
  return token.type === "text" || token.type === "escape" ? token.text : token.raw;
}
