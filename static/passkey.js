// Passkeys: asks the server for a challenge, the browser for an answer, and sends the form with it. Without this
// script, or in a browser without passkeys, the forms stay hidden and everything works with the password.
(() => {
"use strict";

if (!window.PublicKeyCredential) return;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (ch) => ch.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withIDs = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

// What a credential says, as JSON; not every browser has its own toJSON yet.
const plain = (made) => {
  const r = made.response;
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
    authenticatorAttachment: made.authenticatorAttachment || undefined,
    response: r.attestationObject
      ? { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports?.() || [] }
      : { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) } };
};

const ask = async (form) => {
  const answer = await fetch(form.dataset.begin, { method: "POST", headers: { "X-CSRF-Token": form.elements._csrf.value } });
  if (!answer.ok) throw new Error("Not now. Reload the page and try again.");
  const { publicKey } = await answer.json();
  publicKey.challenge = bytes(publicKey.challenge);
  if (form.dataset.passkey === "get") {
    publicKey.allowCredentials = withIDs(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey });
  }
  publicKey.user.id = bytes(publicKey.user.id);
  publicKey.excludeCredentials = withIDs(publicKey.excludeCredentials);
  return navigator.credentials.create({ publicKey });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  const word = form.querySelector("[data-word]");
  form.addEventListener("submit", async (ev) => {
    ev.preventDefault();
    ev.stopPropagation();
    word.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(plain(await ask(form)));
      form.submit();
    } catch (err) { // refused, timed out, or there is none
      word.textContent = err.name === "InvalidStateError" ? "This device has a passkey already." : err instanceof DOMException ? "No passkey was used." : err.message;
      word.hidden = false;
    }
  });
}
})();
