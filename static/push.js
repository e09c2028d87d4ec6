// Switches messages on for this device: asks the person, then the browser, and sends the form what the browser said.
const form = document.querySelector("form[data-push]");
const say = (text) => { form.querySelector("[data-say]").textContent = text; };

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function subscribe() {
  if (await Notification.requestPermission() !== "granted") {
    say("This device does not let us. Allow notifications for this page in its settings.");
    return;
  }
  await navigator.serviceWorker.register("/push-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  if (old) await old.unsubscribe(); // it may know another key
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
  form.endpoint.value = made.endpoint;
  form.p256dh.value = text(made.getKey("p256dh"));
  form.auth.value = text(made.getKey("auth"));
  form.submit();
}

// missing says why this device cannot show messages, if so.
function missing() {
  if (!isSecureContext) return "Messages need https. Open the program under its https address.";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return "This browser takes no messages. On an iPhone, add the program to the Home Screen first and open it from there.";
  if (Notification.permission === "denied") return "This device does not let us. Allow notifications for this page in its settings, then open it again.";
  return "";
}

if (form) {
  const why = missing();
  if (why) {
    say(why);
    form.querySelector("button").disabled = true;
  } else {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      subscribe().catch(() => say("The browser refused. Try again, or in another browser."));
    });
  }
}
