// A pick list that several people work on: it reloads when somebody else ticks a line, and keeps the screen
// awake. Scans are list.js's. Without this script the page is as it was when it was opened, and every form works.
(() => {
"use strict";
if ("pick" in document.documentElement.dataset) return; // the page's body was swapped, this is running already
document.documentElement.dataset.pick = "";

const POLL_MS = 10_000; // without events, ask this often
const RETRY_MS = 60_000; // a stream that was refused is asked for again
const SETTLE_MS = 250; // the answer to one's own tap brings the same news
const list = () => document.getElementById("pick");

let source = null;
let address = "";
let poll = 0;
let wanted = ""; // the newest mark that was told
let open = false; // whether the done lines are unfolded

// settle brings the list to the mark that was told last. While a tap of one's own is under way it waits: its answer
// may bring the same news, or find the list gone that it was for.
function settle() {
  const el = list();
  if (!el || el.dataset.mark === wanted) return;
  if (document.querySelector("form[data-busy]")) setTimeout(settle, SETTLE_MS);
  else htmx.trigger(el, "picked");
}

function ask() {
  const el = list();
  if (el && !document.hidden && !document.querySelector("form[data-busy]")) htmx.trigger(el, "picked");
}

function startPolling() {
  poll ||= setInterval(ask, POLL_MS);
}

function stopPolling() {
  clearInterval(poll);
  poll = 0;
}

function listen(to) {
  source?.close();
  address = to;
  source = new EventSource(to);
  source.addEventListener("mark", (ev) => {
    wanted = ev.data;
    setTimeout(settle, SETTLE_MS);
  });
  source.addEventListener("open", stopPolling);
  source.addEventListener("error", () => {
    startPolling();
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => { if (address === to) listen(to); }, RETRY_MS);
  });
}

function look() {
  const to = list()?.dataset.live ?? "";
  if (to === address) return;
  if (to) return listen(to);
  source?.close();
  source = null;
  address = "";
  stopPolling();
}

document.addEventListener("htmx:load", look);
window.addEventListener("pagehide", () => { source?.close(); source = null; address = ""; });
window.addEventListener("pageshow", (ev) => { if (ev.persisted) { look(); ask(); } });

// Unfolded lines stay unfolded.
document.addEventListener("htmx:beforeSwap", () => { open = document.getElementById("pick-done")?.open ?? open; });
document.addEventListener("htmx:afterSwap", () => {
  const done = document.getElementById("pick-done");
  if (done) done.open = open;
});
window.addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("#pick details.fold")) d.open = true; });

// Nobody wants to wake the phone with a glove.
async function stayAwake() {
  if (!list() || document.hidden || !navigator.wakeLock) return;
  try { await navigator.wakeLock.request("screen"); } catch { /* low battery: the system decides */ }
}
document.addEventListener("visibilitychange", stayAwake);

look();
stayAwake();
})();
