// The camera of the scan page. It opens at once, stays open between scans, and closes while the page is out of sight.
// What it reads becomes an event named "scan" on the document. Codes are read by the browser's own BarcodeDetector
// or, where there is none (as on iPhones), by WebAssembly from this server, loaded when it is first needed.
(() => {
"use strict";

const box = document.getElementById("finder");
if (!box || "ready" in box.dataset) return;
box.dataset.ready = "";
box.hidden = false;

const FORMATS = ["qr_code", "code_128", "ean_13", "upc_a", "data_matrix"];
const PAUSE_MS = 80; // between two looks
const REPEAT_MS = 2000; // a code that was out of sight for less is no new scan
const CAMERA = "lwc-camera"; // the chosen camera, in this browser's memory
const video = box.querySelector("video");
const why = document.getElementById("scan-why");
const light = document.getElementById("scan-light");
const other = document.getElementById("scan-camera");
const photo = document.getElementById("scan-photo");

const INSTEAD = " Type the code, take a photo of it, or use a hand scanner.";
const WHYS = {
  insecure: "No camera: browsers allow it over HTTPS only. Ask your owner for the https:// address of this page." + INSTEAD,
  NotAllowedError: "No camera: this browser was told not to allow it. Allow the camera for this page in the browser's settings." + INSTEAD,
  NotFoundError: "This device has no camera." + INSTEAD,
  NotReadableError: "Another app is using the camera. Close it and come back." + INSTEAD,
  decoder: "The reader of codes did not load. It is tried again when there is a connection." + INSTEAD,
};

// Decoding.

let reading = null; // a promise of the detector
function reader() {
  reading ??= Promise.resolve(native()).then((d) => d ?? vendored()).catch((err) => {
    reading = null; // the next look tries again
    throw err;
  });
  return reading;
}

async function native() {
  if (!("BarcodeDetector" in window)) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  return FORMATS.every((f) => known.includes(f)) ? new BarcodeDetector({ formats: FORMATS }) : null;
}

async function vendored() {
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = box.dataset.decoder;
    script.onload = done;
    script.onerror = () => { script.remove(); failed(new Error("the decoder did not load")); };
    document.head.append(script);
  });
  const api = window.BarcodeDetectionAPI;
  // Without this it would ask another host for the file.
  await api.prepareZXingModule({ overrides: { locateFile: () => box.dataset.wasm }, fireImmediately: true });
  return new api.BarcodeDetector({ formats: FORMATS });
}

const seen = new Map(); // when a code was last in sight
let before = ""; // what the look before saw: a code counts when two looks agree

function saw(code) {
  const steady = code === before;
  before = code;
  if (!code || !steady) return;
  const now = performance.now(), last = seen.get(code) ?? -Infinity;
  seen.set(code, now);
  if (now - last >= REPEAT_MS) tell(code, "camera");
}

function tell(code, from) {
  document.dispatchEvent(new CustomEvent("scan", { cancelable: true, detail: { code, from } }));
}

// Of several codes in sight the one in the middle is meant.
function middle(codes, width, height) {
  const off = ({ boundingBox: b }) => Math.hypot(b.x + b.width / 2 - width / 2, b.y + b.height / 2 - height / 2);
  return codes.sort((a, b) => off(a) - off(b))[0]?.rawValue ?? "";
}

async function look(of) {
  const detector = await reader();
  let failures = 0;
  while (stream === of) {
    if (!box.isConnected) return close(); // another page took the place of this one
    try {
      if (video.readyState >= video.HAVE_CURRENT_DATA) saw(middle(await detector.detect(video), video.videoWidth, video.videoHeight));
      failures = 0;
    } catch (err) {
      if (++failures > 20) throw err; // one frame that cannot be read is nothing
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

// The camera.

let stream = null;
let opening = false;
let awake = null; // the lock that keeps the screen on

function say(reason) {
  video.hidden = true;
  why.hidden = false;
  why.textContent = WHYS[reason] ?? "No camera: " + reason + "." + INSTEAD;
  box.dataset.camera = "none";
}

async function ask() {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const chosen = localStorage.getItem(CAMERA);
  try {
    return await navigator.mediaDevices.getUserMedia({ video: chosen ? { ...size, deviceId: { exact: chosen } } : { ...size, facingMode: { ideal: "environment" } } });
  } catch (err) {
    if (!chosen || err.name === "NotAllowedError") throw err;
    localStorage.removeItem(CAMERA); // that one is gone
    return ask();
  }
}

async function open() {
  if (stream || opening || document.hidden || !box.isConnected) return;
  if (!window.isSecureContext || !navigator.mediaDevices) return say("insecure");
  opening = true;
  try {
    stream = await ask();
  } catch (err) {
    return say(err.name);
  } finally {
    opening = false;
  }
  if (document.hidden) return close();
  const mine = stream;
  mine.getVideoTracks()[0].addEventListener("ended", () => { if (stream === mine) { close(); say("NotReadableError"); } });
  video.srcObject = mine;
  video.hidden = false;
  why.hidden = true;
  box.dataset.camera = "open";
  try {
    await video.play();
    await Promise.all([tools(), stayAwake()]);
    await look(mine);
  } catch (err) {
    if (stream !== mine) return; // closed meanwhile
    close();
    console.warn(err);
    say(reading ? err.name : "decoder");
  }
}

function close() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
  before = "";
  awake?.release();
  awake = null;
  light.setAttribute("aria-pressed", "false");
  box.dataset.camera = "closed";
}

async function stayAwake() {
  try {
    awake = await navigator.wakeLock?.request("screen") ?? null;
  } catch {
    awake = null; // battery saving: the screen goes dark as always
  }
}

async function tools() {
  const track = stream.getVideoTracks()[0];
  light.hidden = !track.getCapabilities?.().torch;
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput");
  other.hidden = cameras.length < 2;
}

light.addEventListener("click", async () => {
  const on = light.getAttribute("aria-pressed") !== "true";
  await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  light.setAttribute("aria-pressed", String(on));
});

other.addEventListener("click", async () => {
  const ids = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput").map((d) => d.deviceId);
  const now = stream?.getVideoTracks()[0].getSettings().deviceId;
  localStorage.setItem(CAMERA, ids[(ids.indexOf(now) + 1) % ids.length]);
  close();
  open();
});

// A photo of a code, for where the camera cannot be opened in the page.
photo.addEventListener("change", async () => {
  const file = photo.files[0];
  photo.value = "";
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const code = middle(await (await reader()).detect(picture), picture.width, picture.height);
    picture.close();
    if (code) return tell(code, "photo");
    tellNone("No code in the picture");
  } catch (err) {
    console.warn(err);
    tellNone("The picture could not be read");
  }
});

function tellNone(word) {
  document.dispatchEvent(new CustomEvent("scan-none", { detail: { word } }));
}

document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", open); // back to a page that the browser kept
window.addEventListener("online", open);
navigator.permissions?.query({ name: "camera" }).then((p) => p.addEventListener("change", open), () => { /* a browser that does not say */ });
open();
})();
