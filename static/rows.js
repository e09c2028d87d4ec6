// How it goes with an act, at the row it is about: sending, booked, or failed with Retry and Discard. What there is to
// show comes from unsent.js; how it looks from the templates at the end of the page.
(() => {
"use strict";

const stands = (row, act) => act && row.dataset.act === act.state && row.dataset.actOf === act.id && row.dataset.actWhy === (act.problem ?? act.why ?? "");

function clear(row) {
  row.querySelector(".act-note")?.remove();
  delete row.dataset.act;
}

// Where the button is, so that no row grows while it is sent; a failure has a line of its own.
function place(row, note, state) {
  if (state === "failed") return (row.querySelector(":scope > .item .what") ?? row).append(note);
  const host = row.querySelector(":scope > .pickact, :scope > .act, :scope > form, :scope > .btns");
  (host ?? row.querySelector(".row-meta") ?? row).append(note);
}

function mark(row, act) {
  const made = document.getElementById("act-" + act.state)?.content.firstElementChild;
  if (!made) return;
  const note = made.cloneNode(true);
  const why = note.querySelector("[data-why]");
  if (why) why.textContent = act.problem ?? act.why ?? "";
  for (const b of note.querySelectorAll("button")) {
    b.setAttribute("aria-label", b.innerText.trim() + ": " + act.says);
    if (b.dataset.does === "act-retry" && act.problem) b.remove();
    b.addEventListener("click", () => {
      document.dispatchEvent(new CustomEvent(b.dataset.does, { detail: act.id }));
      if (!document.activeElement || document.activeElement === document.body) row.querySelector("a, summary, button")?.focus({ preventScroll: true });
    });
  }
  Object.assign(row.dataset, { act: act.state, actOf: act.id, actWhy: act.problem ?? act.why ?? "" });
  place(row, note, act.state);
}

document.addEventListener("acts", (ev) => {
  const of = new Map();
  for (const act of ev.detail) for (const id of act.rows ?? []) of.set(id, act);
  for (const row of document.querySelectorAll("[data-act]")) if (!stands(row, of.get(row.id))) clear(row);
  for (const [id, act] of of) {
    const row = document.getElementById(id);
    if (row && !("act" in row.dataset)) mark(row, act);
  }
});

// A row that waits takes no other act: its form may be a new one, of a list that came meanwhile.
document.addEventListener("submit", (ev) => {
  if (!ev.target.closest("[data-act]")) return;
  ev.preventDefault();
  ev.stopImmediatePropagation();
}, true);
})();
