// Scans that have no answer yet, in the order they were made.
//
// They survive a reload and a visit to the sign-in page (sessionStorage: this
// tab alone, gone when it closes). Each keeps its attempt id and, once it was
// sent, exactly what was sent: the server answers a repetition with the first
// outcome, and refuses the same id with another content.

const KEY = "comptoir.pending";

let memory = [];

export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return memory;
  }
}

function save(scans) {
  memory = scans;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(scans));
  } catch {
    // Storage is switched off: then they live as long as the page.
  }
}

/**
 * Add a scan. `same` tells it from another: its code, or its text. `person` is who made it,
 * or null while that changes.
 */
export function add(text, same, person) {
  const scan = { attempt: newAttempt(), text, same, person, body: null, since: Date.now() };
  save([...pending(), scan]);
  return scan;
}

/** Keep what is being sent, so that a repetition is the same to the letter. */
export function freeze(attempt, body) {
  save(pending().map((scan) => (scan.attempt === attempt ? { ...scan, body } : scan)));
}

/** Keep that somebody must say so before it is sent, also after a reload. */
export function hold(attempt) {
  save(pending().map((scan) => (scan.attempt === attempt ? { ...scan, held: true } : scan)));
}

export function remove(attempt) {
  save(pending().filter((scan) => scan.attempt !== attempt));
}

export function isWaiting(same) {
  return pending().some((scan) => scan.same === same);
}

// crypto.randomUUID exists on HTTPS only, and a desk may be on plain HTTP.
function newAttempt() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
