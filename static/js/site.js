// Improvements of pages that work without them. Loaded before the page is painted, for the theme.
"use strict";
{
const root = document.documentElement;
const words = document.currentScript.dataset;
root.classList.add("js");

/** Tell a screen reader; emptied first, so that the same words are read again. */
function say(text) {
  const status = document.getElementById("said");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
}

/** Call a function once the page is there. */
function ready(start) {
  document.addEventListener("DOMContentLoaded", start);
}

// @import "theme.js";
// @import "keys.js";
// @import "placeholders.js";
// @import "copy.js";
// @import "drop.js";
// @import "live.js";
// @import "sections.js";
}
