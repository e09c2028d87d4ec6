// Keys for a PIN on a shared tablet. Without this script the PIN is a plain field with the tablet's own keyboard.
(() => {
"use strict";

const pad = document.querySelector("form.pinpad");
const field = pad.elements.pin;

pad.addEventListener("click", (ev) => {
  const key = ev.target.closest("[data-key]")?.dataset.key;
  if (key === undefined) return;
  field.value = key === "back" ? field.value.slice(0, -1) : (field.value + key).slice(0, field.maxLength);
});

pad.querySelector(".keys").hidden = false;
if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none";
field.focus({ preventScroll: true });
})();
