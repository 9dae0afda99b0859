/** Light or dark, as the person chose in this browser; else as the device has it. */

import { byId } from "./element.js";

const KEY = "taskwake.theme";

/** Puts the choice on the page. @param {string} theme "", "light" or "dark" */
function put(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function kept() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // a browser that keeps nothing
  }
}

/** Wires the choice in the settings. */
export function wireTheme() {
  const choice = byId("theme");
  choice.value = kept();
  choice.addEventListener("change", () => {
    put(choice.value);
    try {
      localStorage.setItem(KEY, choice.value);
    } catch {
      // it holds for as long as this page is open
    }
  });
}

put(kept());
