// Acts on their way. A form with a request id is remembered from the tap to the answer. What the network lost is kept in
// this browser, shown on every page, and sent again when the network is back: its request id makes it count once, whatever
// was lost. Each change is told as an event "acts" on the document; rows.js shows it at the rows. Without this script a
// form stays as it was, and a second tap sends it. Loaded before app.js, whose word about a lost connection it takes over.
(() => {
"use strict";

const KEY = "lwc-unsent";
const FRESH_MS = 12 * 3_600_000; // what is older is sent only by a tap: the shelf has moved on
const AGAIN_MS = 10_000; // a bad network often does not say that it is back
const NO_CONNECTION = "No connection.";
const NO_ANSWER = "The server had an error. Trying again books it once.";
const person = () => document.body.dataset.person ?? ""; // nobody's acts go out under another's name
const stamp = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const flying = new Map(); // acts that wait for their answer, by request id
const booked = new Map(); // acts that were sent again and booked, while the page still shows what was before
let sending = false;
let timer = 0;

function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch { // not ours, or no storage: then nothing is kept, and the form itself still stands
    return [];
  }
}
const mine = () => all().filter((act) => act.person === person());

function change(fn) {
  try {
    localStorage.setItem(KEY, JSON.stringify(fn(all())));
  } catch {
    return false;
  }
  show();
  return true;
}

// Of two answers to the same question the newer one counts: an act that says so takes the place of those before it.
const replaced = (old, act) => old.id === act.id || Boolean(act.over) && old.over === act.over && old.person === act.person;
const keep = (...acts) => change((old) => [...old.filter((o) => !acts.some((act) => replaced(o, act))), ...acts]);
const drop = (act) => change((acts) => acts.filter((old) => !replaced(old, act)));
const alter = (id, part) => change((acts) => acts.map((act) => act.id === id ? { ...act, ...part } : act));

// What the act is, as its button and its line say it.
function words(form) {
  const button = form.querySelector("button:not([type=button])");
  const does = button?.getAttribute("aria-label") ?? button?.innerText ?? "";
  const of = form.closest("[data-line], .row, .pad")?.querySelector(".row-name, h1, h2")?.innerText ?? "";
  return (of && !does.includes(of) ? does + ", " + of : does).replace(/\s+/g, " ").trim();
}

// The rows that show how it goes: the one the form stands in or below, those it names, or those of its lines that say something.
function rowsOf(form) {
  const row = form.closest("[data-line][id], [data-spot][id]") ?? form.closest("tr.ask")?.previousElementSibling;
  if (row) return [row.id];
  if (form.dataset.row) return form.dataset.row.split(" ");
  return [...form.querySelectorAll("[data-line][id].is-set")].map((el) => el.id);
}

function actOf(ev) {
  const form = ev.detail.elt.closest("form");
  return form?.elements.request_id && ev.detail.requestConfig.verb === "post" && !("queued" in form.dataset) ? form : null;
}

document.addEventListener("htmx:beforeSend", (ev) => {
  const form = actOf(ev);
  if (!form || !person()) return;
  const { xhr, target, requestConfig } = ev.detail;
  const body = new URLSearchParams(requestConfig.formData);
  body.delete("_csrf"); // a secret of the session, and the next page has its own
  const act = { id: body.get("request_id"), person: person(), path: requestConfig.path, body: body.toString(), says: words(form),
    rows: rowsOf(form), over: form.dataset.over, page: location.pathname + location.search, at: Date.now() };
  flying.set(act.id, act);
  form.dataset.sending = "";
  show();
  // Not htmx's own events: of a form that left the page meanwhile, with its list, nobody hears them.
  let late = false; // the list that the answer is for is another one by now
  xhr.addEventListener("readystatechange", () => { if (xhr.readyState === XMLHttpRequest.DONE) late = !target?.isConnected; });
  xhr.addEventListener("loadend", () => {
    delete form.dataset.sending;
    landed(act, xhr, late);
  });
});

// Somebody must sign in first: the act waits for them.
const leads = (to) => /^\/(login|station|setup)/.test(to ?? "");

function landed(act, xhr, late) {
  flying.delete(act.id);
  if (xhr.status === 0) keep({ ...act, why: NO_CONNECTION });
  else if (xhr.status >= 500) keep({ ...act, why: NO_ANSWER });
  else if (leads(xhr.getResponseHeader("HX-Redirect"))) keep(act);
  else {
    if (xhr.status < 400 || xhr.status === 409 || xhr.status === 422) drop(act); // it may have been kept, and tapped again
    if (xhr.status < 400 && late) refresh();
  }
  again();
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (ev) => {
    const act = flying.get(actOf(ev)?.elements.request_id.value);
    if (act) ev.detail.kept = keep({ ...act, why: NO_CONNECTION }) && (hasRow(act) ? "row" : true);
  });
}

// Whoever leaves before the answer came does not know whether it was booked: the next page asks.
window.addEventListener("pagehide", () => { if (flying.size > 0) keep(...flying.values()); });

// send tries one act again and returns whether it is worth trying the next.
async function send(act) {
  const token = document.querySelector('input[name="_csrf"]')?.value;
  if (!token) return false;
  const body = new URLSearchParams(act.body);
  body.set("_csrf", token);
  let answer;
  try {
    answer = await fetch(act.path, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    return false;
  }
  if (leads(answer.headers.get("HX-Redirect"))) return false;
  if (answer.status >= 500) {
    alter(act.id, { why: NO_ANSWER });
    return false;
  }
  turn(act, answer.headers.get("HX-Replace-Url"));
  if (answer.ok) {
    booked.set(act.id, act);
    drop(act);
    return true;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const why = page.querySelector(".confirm p, [role=alert], .error")?.textContent.trim();
  alter(act.id, { problem: why || "It cannot be booked like this any more." });
  return true;
}

// A scan of a label turns what the scans after it are about, as it would have on the page.
function turn(act, to) {
  if (!act.chain || !to) return;
  const state = new URL(to, location.href).searchParams;
  change((acts) => acts.map((next) => {
    if (next.chain !== act.chain || next.id === act.id) return next;
    const body = new URLSearchParams(next.body);
    for (const name of ["verb", "job", "place", "to"]) state.has(name) ? body.set(name, state.get(name)) : body.delete(name);
    return { ...next, body: body.toString() };
  }));
}

async function sendAll(ids, tapped) {
  if (sending || ids.length === 0) return;
  sending = true;
  let done = 0;
  for (const id of ids) {
    const act = mine().find((a) => a.id === id);
    if (!act || flying.has(id)) continue;
    if (tapped) {
      flying.set(id, act);
      show();
    }
    const on = await send(act);
    flying.delete(id);
    if (!on) break;
    done++;
  }
  sending = false;
  show();
  if (done > 0) refresh();
  again();
}

const fresh = () => mine().filter((act) => !act.problem && Date.now() - act.at < FRESH_MS).map((act) => act.id);
const sendFresh = () => sendAll(fresh(), false);
function again() {
  clearTimeout(timer);
  if (fresh().length > 0) timer = setTimeout(sendFresh, AGAIN_MS);
}

// What the page shows is older than what was booked. Nobody's typing is thrown away for it.
function refresh() {
  if ([...document.querySelectorAll("input, textarea")].some((el) => el.type !== "hidden" && el.value !== el.defaultValue)) return;
  const list = document.querySelector("#pick, #job, #count");
  if (list) htmx.trigger(list, "stale");
  else location.reload();
}

function retry(act) {
  const chain = act.chain && mine().filter((other) => other.chain === act.chain && !other.problem);
  sendAll((chain || [act]).map((a) => a.id), true);
}

document.addEventListener("act-retry", (ev) => { const act = mine().find((a) => a.id === ev.detail); if (act) retry(act); });
document.addEventListener("act-discard", (ev) => drop({ id: ev.detail }));

// Other parts of the page hand over what they could not send, and take it back.
document.addEventListener("acts-keep", (ev) => keep(...ev.detail.map((act) => ({ ...act, person: person(), why: NO_CONNECTION }))));

function line(act) {
  const li = document.createElement("li");
  const text = document.createElement("p");
  const what = document.createElement("b");
  what.textContent = act.says;
  text.append(what, " " + stamp.format(act.at) + (act.problem ? ". " + act.problem : ""));
  const buttons = document.createElement("div");
  buttons.className = "btns";
  if (act.problem) {
    const open = document.createElement("a");
    open.className = "btn";
    open.href = act.page;
    open.textContent = "Open";
    buttons.append(open);
  } else {
    buttons.append(button("Retry", act, () => retry(act)));
  }
  buttons.append(button("Discard", act, () => drop(act)));
  li.append(text, buttons);
  return li;
}

function button(name, act, press) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "btn";
  b.textContent = name;
  b.setAttribute("aria-label", name + ": " + act.says);
  b.disabled = flying.has(act.id);
  b.addEventListener("click", press);
  return b;
}

const hasRow = (act) => act.rows?.some((id) => document.getElementById(id));

function show() {
  tell();
  const acts = mine().filter((act) => !booked.has(act.id)), main = document.querySelector("main");
  const says = JSON.stringify(acts.map((act) => [act.id, act.problem, flying.has(act.id), hasRow(act)]));
  const old = document.getElementById("unsent");
  if (old?.dataset.says === says) return;
  old?.remove();
  if (acts.length === 0 || !main || acts.every((act) => flying.has(act.id) && hasRow(act))) return;
  const box = document.createElement("section");
  box.id = "unsent";
  box.className = "banner is-low unsent";
  box.setAttribute("role", "status");
  box.dataset.says = says;
  const head = document.createElement("p");
  head.textContent = acts.some((act) => flying.has(act.id)) ? "Sending what was kept…" : "Not booked yet. Kept here, and sent when the network is back.";
  const list = document.createElement("ul");
  list.append(...acts.filter((act) => !hasRow(act)).map(line));
  box.append(head);
  if (list.firstChild) box.append(list);
  main.prepend(box);
}

// tell says of every act how it stands. Of two about one row the last counts.
function tell() {
  const detail = mine().filter((act) => !flying.has(act.id)).map((act) => ({ ...act, state: "failed" }));
  for (const act of booked.values()) detail.push({ ...act, state: "booked" });
  for (const act of flying.values()) detail.push({ ...act, state: "sending" });
  document.dispatchEvent(new CustomEvent("acts", { detail }));
}

window.addEventListener("online", sendFresh);
window.addEventListener("storage", (ev) => { if (ev.key === KEY) show(); }); // another tab
document.addEventListener("htmx:afterSwap", (ev) => {
  if (ev.target.matches?.("#pick, #job, #count, body")) booked.clear(); // the page knows
  show();
});
show();
if (navigator.onLine) sendFresh();
})();
