// What the pages need of script, beside htmx. Everything here is an addition: each form and link
// works without it. No inline handlers and no eval, so it runs under script-src 'self'.
// Part of page.js, which is loaded with defer; runs after htmx. htmx itself is configured by the page's htmx-config meta tag.
(() => {
"use strict";

// Double taps. A form whose answer is awaited carries data-busy and takes no second submit.

const PLAIN_MS = 15_000; // a plain form that led nowhere by then (a download) may be sent again
const KEPT = "No connection. Kept, and sent when it is back.";
const NO_CONNECTION = "No connection. Nothing was lost: tap again.";
const isBusy = (form) => form !== null && "busy" in form.dataset;
const formOf = (el) => el.form ?? el.closest("form");

function setBusy(form, busy) {
  form.toggleAttribute("data-busy", busy);
  // aria-disabled and not disabled: the focus stays, and the tapped button's value is still sent.
  for (const el of form.elements) {
    if (el.type !== "submit") continue;
    if (busy) el.setAttribute("aria-disabled", "true"); else el.removeAttribute("aria-disabled");
  }
}

function stop(ev) {
  ev.preventDefault();
  ev.stopImmediatePropagation();
}

// In the capture phase, before htmx sees it: htmx would keep the second tap and send it later.
document.addEventListener("submit", (ev) => { if (isBusy(ev.target)) stop(ev); }, true);
document.addEventListener("click", (ev) => {
  const b = ev.target.closest("button, input");
  if (b?.type === "submit" && isBusy(b.form)) stop(ev);
}, true);

// A submit that arrives here was taken over by nobody: a plain form.
window.addEventListener("submit", (ev) => {
  const method = ev.submitter?.getAttribute("formmethod") ?? ev.target.getAttribute("method") ?? "";
  if (ev.defaultPrevented || method.toLowerCase() !== "post") return;
  if (!navigator.onLine) { // the browser would show a page of its own, without what was typed
    ev.preventDefault();
    return say(NO_CONNECTION, true);
  }
  const form = ev.target;
  setBusy(form, true);
  setTimeout(() => setBusy(form, false), PLAIN_MS);
});

// Back to a page that the browser kept whole: its forms wait for no answer any more.
window.addEventListener("pageshow", (ev) => {
  if (ev.persisted) for (const form of document.forms) setBusy(form, false);
});

// Searching is a GET and may be asked again at any time.
const changing = (ev) => ev.detail.requestConfig.verb !== "get" ? formOf(ev.detail.elt) : null;

document.addEventListener("htmx:beforeRequest", (ev) => {
  const form = changing(ev);
  if (!form) return;
  setBusy(form, true);
  // What was said before is over: it would stand beside the next question. Unless this is its own Undo.
  if (!toast()?.contains(form)) clearToast();
});
// Comes at every end of a request: an answer, an error, a time-out, an abort.
document.addEventListener("htmx:afterRequest", (ev) => {
  const form = changing(ev);
  if (form) setBusy(form, false);
});

// A list does not jump under the thumb: the line that was pressed stays where it was, and a question about it is seen.

const LINES = "[data-line], [data-spot]";
const nameOf = (el) => el.dataset.line ?? el.dataset.spot;
const lineOf = (name) => document.querySelector(`[data-line="${name}"], [data-spot="${name}"]`);
const inSight = () => [...document.querySelectorAll(LINES)].find((el) => !el.matches(".is-done") && el.getBoundingClientRect().top >= 0);
let held = null;
let last = ""; // the line that the toast's Undo is about
document.addEventListener("htmx:beforeSwap", (ev) => {
  const by = ev.detail.requestConfig.elt;
  const row = by.closest(LINES) ?? by.closest("tr.ask")?.previousElementSibling ?? (by.closest("#toast") && lineOf(last)) ?? inSight();
  last = row ? nameOf(row) : last;
  held = row ? { line: nameOf(row), top: row.getBoundingClientRect().top, focus: row.contains(document.activeElement) } : null;
});
document.addEventListener("htmx:afterSwap", (ev) => {
  const row = held && lineOf(held.line);
  if (row) {
    scrollBy({ top: row.getBoundingClientRect().top - held.top, behavior: "instant" });
    // The button is gone. Not to the next one: a second press of Enter would book.
    if (held.focus && document.activeElement === document.body) row.querySelector("a")?.focus({ preventScroll: true });
  }
  held = null;
  ev.target.querySelector?.(".confirm")?.scrollIntoView({ block: "nearest", behavior: "instant" });
});

// Toast. Good news goes away by itself unless someone is at it; bad news stays until it is tapped.
// Either goes when the next act starts.

const TOAST_MS = 10_000;
const toast = () => document.getElementById("toast");
let timer = 0;
let seen = null; // the toast's first node when it was last looked at

function clearToast() {
  clearTimeout(timer);
  const t = toast();
  if (!t) return;
  t.textContent = ""; // no blank either: only an :empty toast is invisible
  t.classList.remove("is-bad");
  t.setAttribute("role", "status");
}

function armToast(ms = TOAST_MS) {
  clearTimeout(timer);
  const t = toast();
  if (!t?.firstChild || t.classList.contains("is-bad")) return;
  timer = setTimeout(() => t.matches(":hover, :focus-within") ? armToast(1000) : clearToast(), ms);
}

function toastCame() {
  const first = toast()?.firstChild ?? null;
  if (first !== seen) armToast();
  seen = first;
}

function say(text, bad) {
  const t = toast();
  if (!t) return;
  clearToast();
  t.classList.toggle("is-bad", bad);
  t.setAttribute("role", bad ? "alert" : "status");
  const mark = document.createElement("span");
  mark.append(...icon(bad ? "out" : "check"));
  const words = document.createElement("span");
  words.textContent = text;
  t.append(mark, words);
  toastCame();
}

// The sprite's address carries a hash that only the server knows: any icon on the page tells it.
function icon(name) {
  const svg = document.querySelector("svg.i:has(use)")?.cloneNode(true);
  const use = svg?.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#" + name));
  return svg ? [svg] : [];
}

for (const name of ["htmx:oobAfterSwap", "htmx:afterSettle"]) document.addEventListener(name, toastCame);
document.addEventListener("keydown", (ev) => { if (ev.key === "Escape") clearToast(); });
document.addEventListener("click", (ev) => {
  if (ev.target.closest("#toast.is-bad") && !ev.target.closest("a, button")) clearToast();
});

// No connection. htmx leaves the form as it is, so what was typed stays.

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (ev) => {
    if (ev.detail.kept !== "row") say(ev.detail.kept ? KEPT : NO_CONNECTION, true); // else it says so itself
  });
}
document.addEventListener("scan-torn", () => say("Scan that again: the page was changing.", true));

// Chips that run off the side of a phone: the chosen one is in sight.

function showChosen() {
  for (const chip of document.querySelectorAll(".chips.is-scroll > [aria-current]")) {
    const row = chip.parentElement;
    row.scrollLeft = chip.offsetLeft - row.offsetLeft - (row.clientWidth - chip.offsetWidth) / 2;
  }
}
document.addEventListener("htmx:load", showChosen);

// Copy buttons: <button type="button" data-copy="ID of an input" hidden>, shown where this runs.

async function copy(input) {
  try {
    await navigator.clipboard.writeText(input.value);
  } catch { // no https, or not allowed: the old way
    input.select();
    if (!document.execCommand("copy")) return say("Not copied. It is selected: copy it from there.", true);
  }
  say("Copied.", false);
}

document.addEventListener("click", (ev) => {
  const input = document.getElementById(ev.target.closest("[data-copy]")?.dataset.copy ?? "");
  if (input) copy(input);
});
const showCopy = () => document.querySelectorAll("[data-copy][hidden]").forEach((b) => { b.hidden = false; });
document.addEventListener("htmx:load", showCopy);

showChosen();
showCopy();
toastCame();
})();
