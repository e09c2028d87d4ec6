// A list and what was chosen from it, side by side where there is room: a row's link fills #detail, a link among the
// filters and pages fills #list, by htmx. Where there is no room they are plain links, as they are without this script.
(() => {
"use strict";

const room = matchMedia("(width >= 50em)"); // as in app.css
const KEY = "lwc-list";
const list = () => document.getElementById("list");
const address = () => list()?.querySelector("[data-list]")?.dataset.list;
const links = () => [...(list()?.querySelectorAll("a.row-name") ?? [])];
const isSplit = () => room.matches && Boolean(document.querySelector("#detail > *"));
const scroller = () => isSplit() ? list() : document.scrollingElement;

// In the capture phase, before htmx sees it. The rows of a search stand on pages without halves, too.
document.addEventListener("click", (ev) => {
  const half = ev.target.closest("a")?.closest("[hx-target]")?.getAttribute("hx-target");
  if (/^#(list|detail)$/.test(half) && !(room.matches && document.querySelector(half))) ev.stopPropagation();
}, true);

// The server learns which list to send with a detail's page, and that there is room for one.
function tell() {
  const says = (text, more) => { document.cookie = `beside=${text}; path=/; samesite=lax${more}`; };
  const at = address();
  if (!room.matches) says("", "; max-age=0");
  else if (at) says(encodeURIComponent(at), "");
  else if (!/(^|; )beside=/.test(document.cookie)) says("-", "");
}

function mark() {
  for (const a of links()) {
    if (a.pathname === location.pathname) a.setAttribute("aria-current", "true"); else a.removeAttribute("aria-current");
  }
}

// A list stays where it was: the row that was pressed, or the first in sight, stands as high as before, though
// the page was loaded anew, or the list has become narrow and scrolls by itself.
function keep(pressed) {
  const a = pressed ?? links().find((el) => el.getBoundingClientRect().bottom > 0);
  if (a) sessionStorage.setItem(KEY, JSON.stringify({ list: address(), row: a.pathname, top: a.getBoundingClientRect().top, start: scroller().scrollTop === 0 }));
}

function put() {
  const kept = JSON.parse(sessionStorage.getItem(KEY));
  const a = kept?.list === address() && links().find((el) => el.pathname === kept.row);
  const at = a && a.getBoundingClientRect();
  if (!a || (kept.start && at.bottom < innerHeight)) return; // its head stays in sight
  scroller().scrollTop += at.top - kept.top;
}

document.addEventListener("htmx:beforeSwap", (ev) => {
  if (ev.detail.target.id === "detail") keep(ev.detail.requestConfig.elt);
});
document.addEventListener("htmx:afterSwap", (ev) => {
  const half = ev.detail.target.id;
  if (half === "detail") {
    scrollTo(0, 0);
    put();
  } else if (half === "list") {
    list().scrollTop = 0;
    if (!isSplit()) scrollTo(0, 0);
    list().focus({ preventScroll: true }); // the link that was pressed is gone
  }
});
document.addEventListener("htmx:historyCacheMissLoad", () => keep());
document.addEventListener("htmx:historyRestore", () => { if (room.matches) put(); });
addEventListener("pagehide", () => keep());

document.addEventListener("htmx:load", () => { tell(); mark(); });
room.addEventListener("change", tell);
tell();
mark();
if (isSplit()) put();
})();
