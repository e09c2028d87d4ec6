// The keypad: keys, one less and one more, "14 → 9", and the button that says what it will do.
// Without this script the amount is a plain number field and the keys stay hidden.
(() => {
"use strict";

const MAX_DECIMALS = 3;

// Amounts are whole numbers of thousandths, as the server has them.
function parse(text) {
  const m = /^(\d{1,9})(?:\.(\d{0,3}))?$/.exec(text.trim());
  return m ? Number(m[1]) * 1000 + Number((m[2] ?? "").padEnd(MAX_DECIMALS, "0")) : null;
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

function start(pad) {
  if ("ready" in pad.dataset) return;
  pad.dataset.ready = "";
  const field = pad.elements.quantity;
  if (field.readOnly) return; // the server asks whether it is meant; the amount is settled
  const effect = Number(pad.dataset.effect);
  const whole = "whole" in pad.dataset;
  const place = pad.elements.from?.type === "select-one" ? pad.elements.from : pad.elements.to;
  const before = pad.querySelector("[data-before]");
  const after = pad.querySelector("[data-after]");
  const button = pad.querySelector(".dock button");
  let fresh = true; // the amount is a suggestion: the first digit replaces it
  let touched = false;

  const there = () => {
    const t = place?.selectedOptions?.[0]?.dataset.there ?? before.value;
    const sign = t.startsWith("-") ? -1 : 1;
    return sign * (parse(t.replace("-", "")) ?? 0);
  };

  function show() {
    const n = parse(field.value), b = there();
    before.value = machine(b);
    before.textContent = human(b);
    const a = n === null ? b : effect === 0 ? n : b + effect * n;
    after.value = machine(a);
    after.textContent = human(a);
    button.textContent = n === null ? pad.dataset.verb : `${pad.dataset.verb} ${human(n)} ${pad.dataset.unit}`;
    const all = pad.querySelector("[data-fill]");
    if (all) {
      all.parentElement.hidden = b <= 1000;
      all.dataset.fill = machine(b);
      all.textContent = "All " + human(b);
    }
  }

  function set(text) {
    field.value = text;
    touched = true;
    show();
  }

  function press(key) {
    const old = fresh ? "" : field.value;
    fresh = false;
    if (key === "back") return set(old.slice(0, -1));
    if (key === "." && (whole || old.includes("."))) return;
    const text = key === "." && old === "" ? "0." : (old === "0" && key !== "." ? "" : old) + key;
    if (parse(text) !== null) set(text);
  }

  pad.addEventListener("click", (ev) => {
    const b = ev.target.closest("button[type=button]");
    if (!b) return;
    if (b.dataset.key) press(b.dataset.key);
    if (b.dataset.step) {
      fresh = true;
      set(machine(Math.max(0, (parse(field.value) ?? 0) + Number(b.dataset.step) * 1000)));
    }
    if (b.dataset.fill) {
      fresh = true;
      set(b.dataset.fill);
    }
  });

  field.addEventListener("input", () => { fresh = false; touched = true; show(); });

  pad.addEventListener("change", (ev) => {
    if (ev.target === place) {
      show();
      if (effect === 0 && !touched) { field.value = machine(Math.max(0, there())); show(); }
    }
    const wants = ev.target.selectedOptions?.[0]?.dataset.wants;
    if (ev.target.name === "job" && wants && !touched) { field.value = wants; fresh = true; show(); }
  });

  for (const el of pad.querySelectorAll("[data-scripted], [data-step]")) el.hidden = false;
  // A finger has the keys; a keyboard on the desk still types into the field.
  if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none";
  show();
  field.focus({ preventScroll: true });
  field.select();
}

document.querySelectorAll("form.pad").forEach(start);
})();
