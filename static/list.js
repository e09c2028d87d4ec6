// Pages that take scans: a code that the wedge or the camera read goes into the form marked with data-scan-into, as if it
// were typed there. Codes that come while one is under way wait for their turn. Without this script the field is typed into.
(() => {
"use strict";

if (window.scanInto) return; // this file comes with every answer that holds such a form
window.scanInto = true;

const waiting = [];
let left = false; // the form leads to another page, which takes the rest

function next() {
  const form = document.querySelector("form[data-scan-into]");
  if (!form || left || waiting.length === 0 || "busy" in form.dataset || form.closest(".htmx-added")) return; // htmx is not done with it
  form.elements.code.value = waiting.shift();
  left = !form.matches("[hx-get], [hx-post]");
  form.requestSubmit(form.querySelector("[data-add]"));
}

document.addEventListener("scan", (ev) => {
  if (!document.querySelector("form[data-scan-into]")) return;
  ev.preventDefault(); // it leads to no other page
  waiting.push(ev.detail.code);
  next();
});
document.addEventListener("htmx:afterSettle", next);
// Whoever leaves before their turn came takes them along.
window.addEventListener("pageshow", () => { left = false; });
window.addEventListener("pagehide", () => { for (const code of waiting.splice(0)) document.dispatchEvent(new CustomEvent("scan-later", { detail: code })); });
})();
