// Hand scanners that type: fast keystrokes that end in Enter are a scan, on every page, unless a text field has the
// focus. A scan is an event named "scan" on the document, whose detail holds the code; the camera makes the same one.
// Where no part of the page takes it, it leads to what the code stands for. What is scanned while one page gives way to
// another is the next page's.
(() => {
"use strict";

const GAP_MS = 50; // between two keys of a scanner at most; the fastest typists need some 60
const LEAST = 4; // keys in a code: fewer come that fast from two fingers that slip
const KEY = "lwc-scans"; // in this tab's memory
const STAY_MS = 10_000; // a page that is still there by then was not left: the link was a download
const OLD_MS = 30_000; // what was scanned before that is no part of what one does now
const TORN_MS = 3_000; // the rest of a code comes by then

const began = performance.now();
const clock = (ev) => performance.timeOrigin + ev.timeStamp; // one for all pages
const person = () => document.body.dataset.person ?? "";
let typed = "";
let last = -Infinity; // when the last key came, by the event's own clock: a busy page may hand keys over late
let torn = false; // keys of this code were pressed between two pages, and nobody heard them
let leaving = false;
let timer = 0;

function kept() {
  const of = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  return of.person === person() ? { codes: [], ...of } : { codes: [] };
}
const keep = (part) => sessionStorage.setItem(KEY, JSON.stringify({ ...kept(), ...part, person: person() }));
const later = (code) => keep({ codes: [...kept().codes, { code, at: Date.now() }] });

function isText(el) {
  if (el.isContentEditable || el.matches("textarea, select")) return true;
  return el.matches("input") && !/^(?:button|checkbox|color|file|image|radio|range|reset|submit)$/.test(el.type);
}

function take(code) {
  if (leaving) return later(code);
  const ev = new CustomEvent("scan", { cancelable: true, detail: { code, from: "wedge" } });
  if (!document.dispatchEvent(ev)) return;
  leave();
  location.assign("/scan?code=" + encodeURIComponent(code));
}

function leave() {
  leaving = true;
  clearTimeout(timer);
  timer = setTimeout(stay, STAY_MS);
}

function stay() {
  leaving = false;
  deliver();
}

// deliver hands over what was scanned on the way to this page, one after the other.
function deliver() {
  if (!person()) return; // somebody must sign in first
  for (let { codes } = kept(); codes.length > 0 && !leaving; ({ codes } = kept())) {
    keep({ codes: codes.slice(1) });
    if (Date.now() - codes[0].at < OLD_MS) take(codes[0].code);
  }
}

function key(ev) {
  if (ev.key === "Shift") return; // scanners press it for capitals
  const fast = clock(ev) - last <= GAP_MS;
  if (ev.ctrlKey || ev.altKey || ev.metaKey || ev.repeat || ev.isComposing || isText(ev.target)) {
    typed = "";
    return;
  }
  if (ev.key === "Enter" && fast && typed.length >= LEAST) {
    ev.preventDefault(); // no button that happens to have the focus is pressed
    ev.stopPropagation();
    const code = typed;
    typed = "";
    if (torn) document.dispatchEvent(new Event("scan-torn"));
    else take(code);
    torn = false;
    return;
  }
  if (ev.key.length !== 1) {
    typed = "";
    return;
  }
  if (!fast) torn = isRest(ev);
  typed = fast ? typed + ev.key : ev.key;
  last = clock(ev);
  if (typed.length > 1) ev.preventDefault(); // neither a space that presses a button nor the browser's own search
}

// isRest reports whether a key may not be the first of its code: it came with this page, or soon after one that the page
// before heard, and what was pressed between them is lost.
function isRest(ev) {
  const { part } = kept();
  keep({ part: undefined });
  return ev.timeStamp - began <= GAP_MS || Boolean(part) && clock(ev) - part.last <= TORN_MS;
}

document.addEventListener("keydown", key, true);
window.addEventListener("beforeunload", leave);
window.addEventListener("pagehide", () => { if (typed) keep({ part: { typed, last } }); });
window.addEventListener("pageshow", (ev) => { if (ev.persisted) stay(); });
document.addEventListener("scan-later", (ev) => later(ev.detail));

const { part } = kept();
if (part) ({ typed, last } = part); // goes on, if its next key comes as fast as the others
document.addEventListener("DOMContentLoaded", deliver); // when every part of the page listens
})();
