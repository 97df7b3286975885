// Short tones that say what a scan did. They differ in shape, not in pitch alone.

const MUTED = "comptoir.muted";
const SHAPES = {
  ok: [[660, 0, 0.09], [990, 0.09, 0.14]], // two notes up: lent
  returned: [[780, 0, 0.09], [520, 0.09, 0.14]], // two notes down: taken back
  refused: [[196, 0, 0.16], [196, 0.22, 0.22]], // a low note twice
};

let context = null;

export function isMuted() {
  return remembered() === "yes";
}

export function setMuted(muted) {
  try {
    localStorage.setItem(MUTED, muted ? "yes" : "no");
  } catch {
    // Storage is switched off: it holds until the page is left.
    fallback = muted ? "yes" : "no";
  }
}

/** Play one of "ok", "returned", "refused"; silently nothing where sound is not allowed. */
export async function play(name) {
  const shape = SHAPES[name];
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!shape || !Context || isMuted()) return;
  // Browsers hold sound back until the first key or click; a scan is one.
  if (!context && navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  context ??= new Context();
  try {
    if (context.state === "suspended") await context.resume();
  } catch {
    return;
  }
  for (const [pitch, start, length] of shape) tone(pitch, context.currentTime + start, length);
  document.dispatchEvent(new CustomEvent("comptoir:sound", { detail: name }));
}

let fallback = null;

function remembered() {
  try {
    return localStorage.getItem(MUTED);
  } catch {
    return fallback;
  }
}

function tone(pitch, start, length) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = "triangle";
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.25, start + 0.01);
  volume.gain.setValueAtTime(0.25, start + length - 0.03);
  volume.gain.linearRampToValueAtTime(0, start + length);
  source.connect(volume).connect(context.destination);
  source.start(start);
  source.stop(start + length);
}
