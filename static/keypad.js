// The keypad: keys, one less and one more, the units an amount can be in, and what it comes to. A form of one amount
// ("pad") says "14 → 9" and has a button that says what it will do; a form of several ("amounts") shows the keys for the
// field that has the focus. Without this script amounts are plain fields, units are chosen, and the keys stay hidden.
(() => {
"use strict";

const MAX_DECIMALS = 3;
const ONE = 1000; // amounts are whole numbers of thousandths, as the server has them
const coarse = matchMedia("(pointer: coarse)").matches; // a finger has the keys; a keyboard on the desk types into the field

function parse(text) {
  const m = /^(\d{1,9})(?:\.(\d{0,3}))?$/.exec(text.trim());
  return m ? Number(m[1]) * ONE + Number((m[2] ?? "").padEnd(MAX_DECIMALS, "0")) : null;
}

function machine(n) {
  const digits = String(Math.abs(n)).padStart(4, "0");
  const fraction = digits.slice(-3).replace(/0+$/, "");
  return (n < 0 ? "-" : "") + digits.slice(0, -3) + (fraction && "." + fraction);
}

function human(n) {
  const [whole, fraction] = machine(Math.abs(n)).split(".");
  return (n < 0 ? "−" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? "." + fraction : "");
}

// pressed returns what stands in a field after a key, or null when the key changes nothing.
function pressed(old, key, whole) {
  if (key === "back") return old.slice(0, -1);
  if (key === "." && (whole || old.includes("."))) return null;
  const text = key === "." && old === "" ? "0." : (old === "0" && key !== "." ? "" : old) + key;
  return parse(text) === null ? null : text;
}

// stepped returns one more or one less than what stands in a field.
const stepped = (old, by) => machine(Math.max(0, (parse(old || "0") ?? 0) + Number(by) * ONE));

// unitIn returns the unit that is chosen within an element: how much of the item's unit it holds, and whether it is divided.
function unitIn(el, whole) {
  const on = el.querySelector("input[type=radio][data-holds]:checked");
  if (!on) return { holds: ONE, whole, pack: "" };
  return { holds: parse(on.dataset.holds), whole: "whole" in on.dataset, pack: on.value && on.parentElement.innerText.trim() };
}
const inBase = (n, unit) => Math.round(n * unit.holds / ONE);

function takesPoint(keys, whole) {
  const point = keys?.querySelector('[data-key="."]');
  if (!point) return;
  point.disabled = whole;
  point.setAttribute("aria-label", whole ? "Decimal point, not for this unit" : "Decimal point");
}

function startPad(pad) {
  if ("ready" in pad.dataset) return;
  pad.dataset.ready = "";
  const field = pad.elements.quantity;
  if (field.readOnly) return; // the server asks whether it is meant; the amount is settled
  const effect = Number(pad.dataset.effect);
  const place = pad.elements.from?.type === "select-one" ? pad.elements.from : pad.elements.to;
  const before = pad.querySelector("[data-before]");
  const after = pad.querySelector("[data-after]");
  const button = pad.querySelector(".dock button");
  const unit = () => unitIn(pad, "whole" in pad.dataset);
  let fresh = true; // the amount is a suggestion: the first digit replaces it
  let touched = false;
  let likely = inBase(parse(field.value) ?? 0, unit()); // the suggestion, in the item's unit

  const there = () => {
    const t = place?.selectedOptions?.[0]?.dataset.there ?? before.value;
    const sign = t.startsWith("-") ? -1 : 1;
    return sign * (parse(t.replace("-", "")) ?? 0);
  };

  function show() {
    const n = parse(field.value), u = unit(), b = there();
    const base = n === null ? null : inBase(n, u);
    before.value = machine(b);
    before.textContent = human(b);
    const a = base === null ? b : effect === 0 ? base : b + effect * base;
    after.value = machine(a);
    after.textContent = human(a);
    pad.querySelector("[data-packs]").textContent = u.pack && base !== null ? `${human(n)} × ${u.pack} = ${human(base)} ${pad.dataset.unit}` : "";
    button.textContent = base === null ? pad.dataset.verb : `${pad.dataset.verb} ${human(base)} ${pad.dataset.unit}`;
    takesPoint(pad, u.whole);
    const all = pad.querySelector("[data-fill]");
    if (all) {
      all.hidden = b <= ONE;
      all.dataset.fill = machine(b);
      all.textContent = "All " + human(b);
    }
  }

  function set(text) {
    field.value = text;
    touched = true;
    show();
  }

  // suggest fills in an amount of the item's unit, or one pack when it is no number of packs.
  function suggest(base) {
    likely = base;
    const u = unit();
    field.value = machine(base % u.holds === 0 ? base / u.holds * ONE : ONE);
    fresh = true;
    show();
  }

  function inItsUnit() {
    const own = pad.querySelector("input[type=radio][data-holds]");
    if (own) own.checked = true;
  }

  pad.addEventListener("click", (ev) => {
    const b = ev.target.closest("button[type=button]");
    if (!b) {
      // A finger or a mouse on a unit: what is typed next is an amount. Arrow keys stay among the units.
      if (ev.target.closest("label.chip") && !ev.target.matches("input") && !("calm" in pad.dataset)) setTimeout(focus);
      return;
    }
    if (b.dataset.key) {
      const text = pressed(fresh ? "" : field.value, b.dataset.key, unit().whole);
      fresh = false;
      if (text !== null) set(text);
    }
    if (b.dataset.step) {
      fresh = true;
      set(stepped(field.value, b.dataset.step));
    }
    if (b.dataset.fill) {
      fresh = true;
      inItsUnit();
      set(b.dataset.fill);
    }
  });

  field.addEventListener("input", () => { fresh = false; touched = true; show(); });

  pad.addEventListener("change", (ev) => {
    if (ev.target.matches("[data-holds]")) return touched ? show() : suggest(likely);
    const wants = ev.target.selectedOptions?.[0]?.dataset.wants;
    if (touched || ev.target !== place && !wants) return show();
    if (ev.target.name === "job" && wants) suggest(parse(wants));
    else if (effect === 0) suggest(Math.max(0, there()));
    else show();
  });

  function focus() {
    field.focus({ preventScroll: true });
    if (fresh || !touched) field.select();
  }

  for (const el of pad.querySelectorAll("[data-scripted], [data-step]")) el.hidden = false;
  if (coarse) field.inputMode = "none";
  show();
  if (!("calm" in pad.dataset)) focus(); // a hand scanner types on a calm one too: its code must not become an amount
}

const unitOf = (row) => unitIn(row, "whole" in row.querySelector("[data-amount]").dataset);

// showBack says what was used of a line that came back, and reports whether anything did.
function showBack(row) {
  const amount = (name) => {
    const n = parse(row.querySelector(`[data-amount=${name}]`).value || "0");
    return n === null ? null : inBase(n, unitOf(row));
  };
  const back = amount("back"), damaged = amount("damaged");
  const any = Boolean(back || damaged);
  row.classList.toggle("is-set", any);
  const used = row.querySelector("[data-used]");
  used.hidden = !any || back === null || damaged === null;
  used.textContent = "Used " + human(Math.max(0, parse(row.dataset.issued) - back - damaged));
  return any;
}

// showPacks says what the amount of a line is in the item's unit, when it is said in packs.
function showPacks(row) {
  const says = row.querySelector("[data-packs]"), u = unitOf(row), n = parse(row.querySelector("[data-amount]").value);
  if (says) says.textContent = u.pack && n !== null ? `${human(n)} × ${u.pack} = ${human(inBase(n, u))} ${says.dataset.unit}` : "";
}

function startAmounts(form) {
  if ("ready" in form.dataset) return;
  form.dataset.ready = "";
  const rowOf = (el) => el.closest("li");
  const rows = [...new Set([...form.querySelectorAll("[data-amount]")].map(rowOf))];
  const keys = form.querySelector("[data-keys]");
  const button = form.querySelector("#finish");
  let field = null; // the one the keys write into
  let fresh = true; // the next digit replaces what stands there

  const isAmount = (el) => el.matches?.("[data-amount]") && !el.readOnly;

  function show() {
    let n = 0;
    for (const row of rows) {
      if (!("issued" in row.dataset)) showPacks(row);
      else if (showBack(row)) n++;
    }
    if (button) button.textContent = n === 0 ? button.dataset.zero : n === 1 ? button.dataset.single : button.dataset.several.replace("#", n);
    if (field) takesPoint(keys, unitOf(rowOf(field)).whole);
  }

  form.addEventListener("click", (ev) => {
    const b = ev.target.closest("button[type=button]");
    if (!b) return;
    if (b.dataset.key && field) {
      const text = pressed(fresh ? "" : field.value, b.dataset.key, unitOf(rowOf(field)).whole);
      fresh = false;
      if (text !== null) field.value = text;
    }
    const input = b.dataset.step && b.closest(".stepper").querySelector("input");
    if (input && !input.readOnly) input.value = stepped(input.value, b.dataset.step);
    show();
  });
  // A key takes no focus: it belongs to the field it writes into.
  keys?.addEventListener("pointerdown", (ev) => ev.preventDefault());
  keys?.addEventListener("mousedown", (ev) => ev.preventDefault());
  form.addEventListener("focusin", (ev) => {
    if (isAmount(ev.target)) {
      field = ev.target;
      fresh = true;
      field.select();
    } else if (!keys?.contains(ev.target)) field = null;
    if (keys) keys.hidden = !coarse || !field;
    if (field && coarse) field.scrollIntoView({ block: "center", behavior: "instant" });
    show();
  });
  form.addEventListener("input", () => { fresh = false; show(); });
  form.addEventListener("change", show);

  for (const el of form.querySelectorAll("[data-step]")) el.hidden = false;
  if (coarse) for (const el of form.elements) if (isAmount(el)) el.inputMode = "none";
  if (button) show();
}

document.querySelectorAll("form.pad").forEach(startPad);
document.querySelectorAll("form.amounts").forEach(startAmounts);
})();
