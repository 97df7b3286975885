// A shared desk: locked by F8, or when nobody has touched it for a while. The
// server locks by itself too; this script hides what is on the screen.

const minutes = Number(document.querySelector('meta[name="lock-minutes"]').content);
const WARNING = 60_000;
const PING_EVERY = 60_000;
const TOUCHED = "comptoir-touched"; // shared by the tabs of this browser
const LOCKED = "comptoir-locked";

let pinged = Date.now();
let warning = null;
let leaving = false;

function touch() {
  const now = Date.now();
  if (now - lastTouch() > 1000) localStorage.setItem(TOUCHED, String(now));
  dismiss();
  if (now - pinged > PING_EVERY) ping(now);
}

function lastTouch() {
  return Number(localStorage.getItem(TOUCHED) || 0);
}

// Somebody who fills in a long form asks for no page: tell the server all the same.
async function ping(now) {
  pinged = now;
  try {
    const answer = await fetch("/session/alive", { method: "POST" });
    if (answer.status === 401) show();
  } catch {
    // Offline: the next request will tell.
  }
}

function lock() {
  if (leaving) return;
  localStorage.setItem(LOCKED, String(Date.now()));
  leave();
}

function leave() {
  if (leaving) return;
  leaving = true;
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/lock";
  document.body.append(form);
  form.submit();
}

function show() {
  const here = location.pathname + location.search;
  location.replace(`/locked?next=${encodeURIComponent(here)}`);
}

function warn() {
  if (warning) return;
  warning = document.createElement("div");
  warning.className = "lock-warning";
  warning.setAttribute("role", "alert");
  document.body.append(warning);
  warning.append(document.getElementById("lock-warning").content.cloneNode(true));
}

function dismiss() {
  warning?.remove();
  warning = null;
}

function check() {
  if (!minutes) return;
  const left = minutes * 60_000 - (Date.now() - lastTouch());
  if (left <= 0) lock();
  else if (left <= WARNING) warn();
  else dismiss();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F8" && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    lock();
  }
});

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  document.addEventListener(kind, touch, { passive: true });
}
addEventListener("storage", (event) => {
  // Another tab is locking: asking too is the one way not to be there before it.
  if (event.key === LOCKED) leave();
});
document.addEventListener("visibilitychange", check);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/lock") localStorage.setItem(LOCKED, String(Date.now()));
});

localStorage.setItem(TOUCHED, String(Date.now()));
setInterval(check, 5000);
