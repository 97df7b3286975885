// A USB scanner is a keyboard that types very fast and ends with Enter.
//
// On a PC whose keyboard layout is not the scanner's, what arrives is garbled
// (a US scanner's "/" is "-" on a Swiss layout). So a burst is read twice: as
// the characters that arrived, and as a US keyboard's keys in the same places.

const LONGEST_GAP = 50; // milliseconds between two keys of a burst
const SHORTEST = 6; // characters

// What the keys of a US keyboard give, without and with Shift, by `event.code`.
const US = {
  Backquote: "`~", Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}",
  Backslash: "\\|", Semicolon: ";:", Quote: "'\"", Comma: ",<", Period: ".>", Slash: "/?",
  Space: "  ",
};
[...")!@#$%^&*("].forEach((shifted, digit) => {
  US[`Digit${digit}`] = digit + shifted;
  US[`Numpad${digit}`] = `${digit}${digit}`;
});
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  US[`Key${letter}`] = letter.toLowerCase() + letter;
}

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn"]);

/**
 * Call `onScan({ typed, us, before })` for each burst, wherever the focus is.
 *
 * The field that had the focus gets back what it held before the burst. In `ownField()`,
 * which is there for scans, nothing stays; what it held comes along as `before`: it may be
 * the scan's first characters, where a busy machine made a pause in it.
 */
export function listenForScans(onScan, ownField) {
  let burst = [];
  let last = -Infinity;
  let before = null;

  /** Take the burst out of the field it went into; give what was in the scans' own before it. */
  function takeBack() {
    const own = ownField();
    if (document.activeElement !== own) {
      restore(before);
      return "";
    }
    // A first key pressed on a button brought the focus here, and the field was not looked at.
    const held = before?.element === own ? before.value : "";
    own.value = "";
    return held;
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (MODIFIERS.has(event.key)) return;
      if (event.repeat || event.metaKey || (event.ctrlKey && !event.getModifierState("AltGraph"))) {
        burst = [];
        return;
      }
      if (event.timeStamp - last > LONGEST_GAP) {
        burst = [];
        before = snapshot(document.activeElement);
      }
      last = event.timeStamp;
      if (event.key === "Enter" || event.key === "Tab") {
        if (burst.length >= SHORTEST) {
          event.preventDefault();
          event.stopImmediatePropagation();
          const typed = burst.map((key) => key.typed).join("");
          const us = burst.map((key) => key.us).join("");
          onScan({ typed, us, before: takeBack() });
        }
        burst = [];
        last = -Infinity;
      } else {
        const typed = event.key.length === 1 ? event.key : "";
        const us = usReading(event);
        // An arrow or Escape writes nothing: a person is at the keys, however fast.
        if (typed || us) burst.push({ typed, us });
        else burst = [];
      }
    },
    { capture: true },
  );
}

function usReading(event) {
  const pair = US[event.code];
  if (!pair) return "";
  const isLetter = event.code.startsWith("Key");
  const shifted = event.shiftKey !== (isLetter && event.getModifierState("CapsLock"));
  return pair[shifted ? 1 : 0];
}

function snapshot(element) {
  if (!element || !("value" in element) || element.type === "submit") return null;
  return {
    element,
    value: element.value,
    start: "selectionStart" in element ? element.selectionStart : null,
  };
}

function restore(kept) {
  if (!kept || kept.element.value === kept.value) return;
  kept.element.value = kept.value;
  if (kept.start !== null && kept.element.setSelectionRange) {
    kept.element.setSelectionRange(kept.start, kept.start);
  }
  // Whoever searches while one types must know that the burst is gone again.
  kept.element.dispatchEvent(new Event("input", { bubbles: true }));
}
