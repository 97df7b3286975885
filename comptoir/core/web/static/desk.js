// The desk: whatever was scanned, typed or seen by the camera becomes one scan
// after the other, each sent until it has an answer.

import { readCode } from "../inventory/codes.js";
import { connectCamera } from "./camera.js";
import { listenForKeys } from "./desk-keys.js";
import * as waiting from "./pending.js";
import { listenForScans } from "./scanner.js";
import { isMuted, play, setMuted } from "./sound.js";
import { fillIn } from "./waiting-notice.js";

const TWICE = 2000; // the same code again within this many milliseconds is the same scan
const TIMEOUT = 10_000;
const RETRIES = [1000, 2000, 4000, 8000, 15_000];
const STALE = 10 * 60_000; // an older scan is sent only when somebody says so
const CLOCK_OFF = 5 * 60_000; // by more than this the PC's clock is wrong; less is a slow answer
const MARGIN = 8; // pixels between what is shown and the edge of the screen
const DRAFT = "comptoir.draft";
const VISIT = "comptoir.visit";

const form = document.querySelector("form[data-desk]");
const desk = document.getElementById("desk");
const live = document.getElementById("desk-live");
const status = document.getElementById("desk-status");
const field = () => document.getElementById("scan");
const person = form.dataset.person;

let sending = false;
let failures = 0;
let timer = null;
let lastScan = { same: null, at: -Infinity };
let badge = null;
let changing = false;

// Scans left by an earlier page: sent at once, unless somebody has to say that they still hold.
const doubts = new Map(waiting.pending().map((scan) => [scan.attempt, doubtAbout(scan)]));
let failedNumber = ""; // of the request that the server could not answer
let answeredAt = -Infinity;

// What comes in

function scanned(text, again = false) {
  if (isBadge(text)) {
    badge = text;
    return sendNext();
  }
  const same = readCode(text).code ?? text.trim();
  if (!same) return;
  const now = performance.now();
  const twice = !again && same === lastScan.same && now - lastScan.at < TWICE;
  lastScan = { same, at: now };
  // While the answer is on its way, people scan again; that is not a second wish.
  if (twice || waiting.isWaiting(same)) return;
  const [first] = waiting.pending();
  const scan = waiting.add(text, same, badge || changing ? null : person);
  if (first && isHalted(first)) {
    hold(scan);
    play("refused");
  }
  sendNext();
}

listenForScans(({ typed, us, before }) => scanned(burstMeant(typed, us, before)), field);

/**
 * What a burst stands for. With what was in the field before it, where that makes sense:
 * then it was cut in two on its way. A few letters left there do no harm to a code.
 */
function burstMeant(typed, us, before) {
  const [whole, alone] = [better(before + typed, before + us), better(typed, us)];
  return makesSense(whole) || !makesSense(alone) ? whole : alone;
}

function makesSense(text) {
  return isBadge(text) || readCode(text).outcome !== "text";
}

/** Of the two readings of a burst, the one that makes sense. */
function better(typed, us) {
  const [asTyped, asUs] = [readCode(typed), readCode(us)];
  if (asUs.outcome === "code" && (asTyped.outcome !== "code" || (asUs.kind && !asTyped.kind))) {
    return us;
  }
  return typed;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field().value;
  field().value = "";
  const found = desk.querySelectorAll('.found [name="borrower"] ~ button');
  if (!text.trim() && found.length === 1) return found[0].click(); // the only one it can be
  scanned(text, true);
});

connectCamera(document.querySelector("[data-camera]"), (text) => scanned(text));

// Sending, one at a time: the next scan belongs to the visit that the answer opened.

async function sendNext() {
  clearTimeout(timer);
  const [scan] = waiting.pending();
  if (sending) return;
  const doubt = scan && doubts.get(scan.attempt);
  if (!scan || (doubt && badge)) return badge && changePerson();
  if (doubt) return say(doubt, scan);
  sending = true;
  form.setAttribute("aria-busy", "true");
  const body = scan.body ?? bodyOf(scan);
  waiting.freeze(scan.attempt, body);
  let answer = null;
  try {
    answer = await post(body);
  } catch {
    // No answer: it may have arrived all the same, which is why the attempt id stays.
  }
  sending = false;
  form.removeAttribute("aria-busy");
  if (answer === null || [502, 503, 504].includes(answer.status)) return retryLater();
  failures = 0;
  if (answer.status === 401) return signIn(answer);
  if (answer.status === 429) return retryLater(1000 * (answer.headers.get("Retry-After") ?? 5));
  if (answer.status >= 500) return halt(scan, answer);
  waiting.remove(scan.attempt);
  say(null);
  show(answer);
  sendNext();
}

/** It failed on our side. Whatever comes after it is sent one by one, each when somebody says so. */
function halt(scan, answer) {
  failedNumber = answer.headers.get("X-Request-Id")?.slice(-12) ?? "";
  doubts.set(scan.attempt, "desk-failed");
  waiting.pending().slice(1).forEach(hold);
  play("refused");
  say("desk-failed", scan);
}

function hold(scan) {
  doubts.set(scan.attempt, "desk-held");
  waiting.hold(scan.attempt);
}

const isHalted = (scan) => ["desk-failed", "desk-held"].includes(doubts.get(scan.attempt));

/** The question to ask before a scan is sent, or null. */
function doubtAbout(scan) {
  const age = Date.now() - scan.since;
  if (age < 0 || age > STALE) return "desk-waiting";
  if (scan.person && scan.person !== person) return "desk-changed";
  return scan.held ? "desk-held" : null;
}

function bodyOf(scan) {
  const body = new URLSearchParams(new FormData(form));
  body.set("scan", scan.text);
  body.set("attempt_id", scan.attempt);
  return body.toString();
}

async function post(body) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "HX-Request": "true",
        "HX-Target": "desk",
        "HX-Current-URL": location.href,
      },
      signal: stop.signal,
    });
    return { status: response.status, headers: response.headers, html: await response.text() };
  } finally {
    clearTimeout(late);
  }
}

function retryLater(wait = RETRIES[Math.min(failures, RETRIES.length - 1)]) {
  failures += 1;
  badge = null; // whoever showed it may have left by the time that the network is back
  say("desk-offline", waiting.pending()[0]);
  timer = setTimeout(sendNext, wait);
}

function signIn(answer) {
  remember(field().value);
  location.assign(answer.headers.get("HX-Redirect") ?? "/sign-in");
}

window.addEventListener("online", sendNext);

// A colleague's badge. It is a secret, so it is not stored as a scan is; and it is sent
// after all scans of the person who was here before, as their attempts are theirs.

/** The twin of `badge_of` in comptoir/core/accounts/credentials.py. */
function isBadge(text) {
  return /^[BCDFGHJKLNPRSTVX]{20}$/.test(text.replace(/[\s\u2010-\u2015-]+/g, "").toUpperCase());
}

async function changePerson() {
  const body = bodyOf({ text: badge, attempt: "" });
  badge = null;
  sending = changing = true;
  let answer = null;
  try {
    answer = await post(body);
  } catch {
    // Nobody heard it, or nobody heard the answer: the next request will tell.
  }
  const next = answer?.headers.get("HX-Redirect");
  if (next) return location.assign(next); // what is scanned meanwhile waits for that page
  sending = changing = false;
  if (answer?.status < 500) show(answer);
  else flashOffline();
  sendNext();
}

// What is shown

function show(answer) {
  if (answer.status === 204) return; // a repetition: what is on the screen still holds
  const where = answer.headers.get("HX-Retarget") ?? "#desk";
  const typed = field()?.value ?? "";
  const flash = document.getElementById("flash");
  if (where !== "#flash") flash.replaceChildren();
  htmx.swap(where, answer.html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  if (field() && !field().value) field().value = typed;
  if (answer.status >= 400 && where === "#flash") {
    play("refused");
    announce(flash.textContent);
  }
}

function flashOffline() {
  const message = document.getElementById("offline").content.cloneNode(true);
  document.getElementById("flash").replaceChildren(message);
  play("refused");
}

/** After each change of what is in #desk, by a scan or by a button in it. */
function settled() {
  answeredAt = performance.now();
  // A reload must come back here, and not send a form again whose answer this page may be.
  const state = desk.querySelector("[data-address]");
  if (state) {
    const off = Math.abs(Date.now() - Date.parse(state.dataset.now));
    document.getElementById("desk-clock").hidden = !(off > CLOCK_OFF);
    history.replaceState(null, "", state.dataset.address);
    keepVisit(state.dataset.address);
  }
  const sound = desk.querySelector("[data-sound]");
  if (sound) play(sound.dataset.sound);
  const text = desk.querySelector("[data-announce]");
  if (text) announce(text.dataset.announce || text.textContent);
  desk.querySelectorAll("[data-countdown]").forEach(countDown);
  focusField({ preventScroll: true });
}

/**
 * An answer below the edge of the screen is none; but a long one must not push away where the
 * next scan is typed or, with the camera on, what it sees.
 */
function showAnswer() {
  const answer = desk.querySelector(".answer, .found")?.getBoundingClientRect();
  if (!answer) return;
  const view = document.querySelector('[data-part="view"]');
  const source = (view.hidden ? form : view).getBoundingClientRect();
  const below = Math.max(0, answer.bottom + MARGIN - innerHeight);
  scrollBy({ top: Math.min(below, source.top - MARGIN), behavior: "instant" });
}

// The visit, for whoever comes back to the desk by its menu.

function keepVisit(address) {
  try {
    sessionStorage.setItem(VISIT, JSON.stringify({ address, person }));
  } catch {
    // Storage is switched off: then the card is scanned again.
  }
}

/** Go where `keepVisit` says; true if that is another page, which goes on from there. */
function goBackToVisit() {
  if (location.search) return false;
  try {
    const kept = JSON.parse(sessionStorage.getItem(VISIT));
    if (kept?.person !== person || !kept.address.includes("?")) return false;
    sessionStorage.removeItem(VISIT); // once: the visit may be over
    location.replace(kept.address);
    return true;
  } catch {
    return false; // storage is switched off
  }
}

function announce(text) {
  live.textContent = "";
  // A change that follows at once would not be read out.
  setTimeout(() => (live.textContent = text.replace(/\s+/g, " ").trim()), 50);
}

/** Show one of the page's prepared messages about the scans that wait, or none. */
function say(template, scan = null) {
  status.replaceChildren();
  if (template === null) return;
  status.append(document.getElementById(template).content.cloneNode(true));
  fillIn(status, waiting.pending().map(shown), failedNumber);
  status.querySelector("[data-retry]").onclick = () => {
    doubts.delete(scan.attempt);
    sendNext();
  };
  status.querySelector("[data-drop]").onclick = () => {
    waiting.remove(scan.attempt);
    say(null);
    focusField();
    sendNext();
  };
  focusField();
}

function shown(scan) {
  const { code } = readCode(scan.text);
  return code ? `${code.slice(0, 4)}-${code.slice(4)}` : scan.text.slice(0, 60);
}

// An undo that runs out. The server said for how many seconds; the PC's clock plays no part.
function countDown(element) {
  const end = performance.now() + 1000 * Number(element.dataset.countdown);
  const number = element.querySelector("[data-seconds]");
  const tick = () => {
    if (!element.isConnected) return;
    const left = Math.ceil((end - performance.now()) / 1000);
    if (number) number.textContent = left;
    if (left > 0) return setTimeout(tick, 250);
    const focused = element.contains(document.activeElement);
    element.hidden = true;
    if (focused) focusField();
  };
  tick();
}

// The focus: always in the field, but never taken from another one, and no
// keyboard popping up on a phone.

function focusField(options) {
  if (matchMedia("(pointer: coarse)").matches) return;
  const active = document.activeElement;
  if (active && active !== document.body && active !== field() && isEditable(active)) return;
  field()?.focus(options);
}

function isEditable(element) {
  return element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

document.addEventListener("keydown", (event) => {
  const plain = event.key.length === 1 && event.key !== " ";
  if (!plain || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isEditable(document.activeElement)) field().focus(); // the character lands there
});


listenForKeys(desk, field);

document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, label, summary, dialog, video")) {
    focusField();
  }
});

// Without scrolling: the click that brought the window back is still to land on its button.
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) focusField({ preventScroll: true });
});

// After a click, not after a key: whoever tabs through the page stays where they are.
document.querySelector('[data-part="toggle"]').addEventListener("click", (event) => {
  if (event.detail) focusField({ preventScroll: true });
});

// A double click on a button of the desk is one. What it does moves another button under
// the pointer, and that one must not be pressed as well. A key is never meant twice.

const UNMOVED = 24; // pixels
const DOUBLE = 600; // milliseconds after the answer
let pressed = null;

desk.addEventListener(
  "click",
  (event) => {
    if (!event.detail || !event.target.closest("button")) return;
    const { clientX: x, clientY: y } = event;
    const near = pressed && Math.hypot(x - pressed.x, y - pressed.y) < UNMOVED;
    if (near && event.timeStamp < Math.max(pressed.at, answeredAt) + DOUBLE) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    pressed = { x, y, at: event.timeStamp };
  },
  { capture: true },
);

// The sound button

for (const button of document.querySelectorAll("[data-mute]")) {
  button.setAttribute("aria-pressed", String(isMuted()));
  button.addEventListener("click", () => {
    setMuted(!isMuted());
    button.setAttribute("aria-pressed", String(isMuted()));
    play("ok");
    focusField();
  });
}

// What was being typed when the session ended

function remember(text) {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // Storage is switched off.
  }
}

function recall() {
  try {
    const text = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    if (text && !field().value) field().value = text;
  } catch {
    // Storage is switched off.
  }
}

new MutationObserver(() => {
  settled();
  showAnswer();
}).observe(desk, { childList: true });

if (!goBackToVisit()) {
  recall();
  settled();
  sendNext();
}
