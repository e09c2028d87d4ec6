// The scan page: sends each scan once, in its order, and says how it went with a word, a colour, a tone and a
// vibration. The camera and hand scanners say "scan" (camera.js, wedge.js); typed codes come from the form.
(() => {
"use strict";

const form = document.getElementById("scan-form");
if (!form || "ready" in form.dataset) return;
form.dataset.ready = "";

const AGAIN_MS = 5000;
const box = document.getElementById("finder");
const word = document.getElementById("scan-word");
const waiting = document.getElementById("scan-waiting");
const question = document.getElementById("scan-ask");

// Sending. A scan keeps its request's name until it is answered, so that one that is sent twice books once.

let queue = [];
const ignored = new Set(); // what the camera sees and nobody wants to hear of
let sending = false;
let handed = false; // the scans that wait are unsent.js's, too
let timer = 0;

function requestName() { // randomUUID is not there without HTTPS
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// Whoever leaves the page leaves nothing behind: scans that wait go on from the next page, as acts that the network lost do
// (unsent.js), in their order. Back here they are this page's again. Looking up and counting are no acts.
const CHAIN = requestName();
const ACTS = ["take", "put", "move"];
let kept = new Set(); // what unsent.js has

function handOver() {
  const state = new URLSearchParams(new FormData(form));
  state.delete("_csrf");
  if (queue.length === 0 || !ACTS.includes(state.get("verb"))) return;
  const says = document.querySelector(".verbs [aria-current]")?.innerText.trim() ?? "Scan";
  const detail = queue.map(({ code, id }) => {
    state.set("code", code);
    state.set("request_id", id);
    return { id, path: form.getAttribute("action"), body: state.toString(), says: says + ", " + code, chain: CHAIN,
      page: location.pathname + location.search, at: Date.now() };
  });
  document.dispatchEvent(new CustomEvent("acts-keep", { detail }));
  handed = true;
}

function takeBack() {
  if (!handed) return;
  handed = false;
  queue = queue.filter((scan) => kept.has(scan.id)); // the others were sent, or dropped, meanwhile
  for (const scan of queue) answered(scan);
  work();
}
const answered = (scan) => document.dispatchEvent(new CustomEvent("act-discard", { detail: scan.id }));
document.addEventListener("acts", (ev) => { kept = new Set(ev.detail.map((act) => act.id)); });
window.addEventListener("pagehide", handOver);
window.addEventListener("pageshow", takeBack);
document.addEventListener("visibilitychange", () => { if (document.hidden) handOver(); else takeBack(); });

function push(code, from) {
  code = code.trim();
  if (!code || from === "camera" && ignored.has(code)) return;
  queue.push({ code, id: requestName() });
  work();
}

async function work() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  let why = "";
  while (queue.length > 0 && !why) why = await send(queue[0]);
  sending = false;
  showWaiting(why);
}

// send returns "" for a scan that was answered, and otherwise why not.
async function send(scan) {
  let status = 0;
  const note = (ev) => { status = ev.detail.xhr.status; };
  form.addEventListener("htmx:afterRequest", note, { once: true });
  try {
    await htmx.ajax("POST", form.action, { source: form, target: question, swap: "innerHTML", values: { code: scan.code, request_id: scan.id } });
  } catch {
    status = 0; // no connection, or it took too long
  }
  form.removeEventListener("htmx:afterRequest", note);
  if (status > 0 && status < 400 || status === 422) {
    queue = queue.filter((other) => other.id !== scan.id);
    if (handed) answered(scan);
    return "";
  }
  return status === 0 ? "No connection." : "The server had an error.";
}

function showWaiting(why) {
  waiting.replaceChildren();
  if (!why) return;
  feedback("wrong", "Not sent");
  const n = queue.length;
  const text = document.createElement("p");
  text.textContent = `${why} ${n === 1 ? "1 scan waits" : n + " scans wait"}: trying again books each once.`;
  const button = (label, act) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "btn";
    b.textContent = label;
    b.addEventListener("click", act);
    return b;
  };
  const buttons = document.createElement("div");
  buttons.className = "btns";
  buttons.append(button("Try again", work), button("Discard", () => { queue = []; clearTimeout(timer); showWaiting(""); }));
  const banner = document.createElement("div");
  banner.className = "banner is-out";
  banner.append(text, buttons);
  waiting.append(banner);
  timer = setTimeout(work, AGAIN_MS);
}

document.addEventListener("scan", (ev) => {
  if (!form.isConnected) return; // another page took the place of this one
  ev.preventDefault();
  push(ev.detail.code, ev.detail.from);
});
window.addEventListener("online", work);

// Before app.js, which drops a second submit while the first is under way: here the second is another scan.
function typed(ev) {
  ev.preventDefault();
  ev.stopImmediatePropagation();
  push(form.elements.code.value, "typed");
  form.elements.code.value = "";
}
window.addEventListener("submit", (ev) => { if (ev.target === form) typed(ev); }, true);
window.addEventListener("click", (ev) => {
  if (ev.target.closest?.("button")?.form === form) return typed(ev);
  const off = ev.target.closest?.("[data-ignore]");
  if (!off) return;
  ev.preventDefault();
  if (off.dataset.ignore) ignored.add(off.dataset.ignore);
  question.replaceChildren();
  word.replaceChildren();
}, true);

// Feedback.

const TONES = { right: [[1320, 0, 0.09]], ask: [[660, 0, 0.1], [660, 0.16, 0.1]], wrong: [[196, 0, 0.35]] };
const BUZZ = { right: 60, ask: [80, 60, 80], wrong: [140, 60, 140, 60, 140] };
let sound = null;

// Browsers let a page sound only after it was touched.
function wakeSound() {
  sound ??= "AudioContext" in window ? new AudioContext() : null;
  if (sound?.state === "suspended") sound.resume();
}
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wakeSound, { passive: true });

function tone(result) {
  if (sound?.state !== "running") return;
  for (const [hertz, after, long] of TONES[result]) {
    const at = sound.currentTime + after, voice = sound.createOscillator(), volume = sound.createGain();
    voice.type = result === "wrong" ? "square" : "sine";
    voice.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.linearRampToValueAtTime(0, at + long);
    voice.connect(volume).connect(sound.destination);
    voice.start(at);
    voice.stop(at + long);
  }
}

function flash(result) {
  box.classList.remove("is-right", "is-ask", "is-wrong");
  void box.offsetWidth; // so that the same colour flashes again
  box.classList.add("is-" + result);
  tone(result);
  navigator.vibrate?.(BUZZ[result]);
}

// feedback says what no answer of the server says.
function feedback(result, text) {
  const span = document.createElement("span");
  span.className = "is-" + result;
  span.dataset.result = result;
  span.textContent = text;
  word.replaceChildren(span);
  flash(result);
}

document.addEventListener("htmx:oobAfterSwap", (ev) => {
  const result = ev.detail.target?.id === "scan-word" && word.querySelector("[data-result]")?.dataset.result;
  if (result) flash(result);
});
document.addEventListener("scan-none", (ev) => feedback("wrong", ev.detail.word));

for (const el of document.querySelectorAll("[data-scripted]")) el.hidden = false;
})();
