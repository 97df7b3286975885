// The browser's twin of comptoir/inventory/codes.py (`scan`): change both, and
// tests/inventory/code_vectors.json, together. The algorithm is told there.

const ALPHABET = "BCDFGHJKLNPRSTVX";
const SUM = 15;
const MAX_LENGTH = 280;
const MAX_LETTERS = 16;

const BLANK = " \\t\\r\\n\\u00a0\\u202f";
const GAP = `[${BLANK}\\u2010-\\u2015-]*`;
const CODE = `(?:[${ALPHABET}]${GAP}){8}`;
const CODE_AT_END = new RegExp(`${CODE}$`);
const PATH_AT_END = /[^A-Z0-9]([TB])[^A-Z0-9]$/;
const OUR_URL = new RegExp(`/([TB])/(${CODE})/?(?:[?#][^\\n]*)?$`);
const MACHINE_TEXT = new RegExp(
  `^(?:[A-Z][A-Z0-9+.-]*:[^${BLANK}]|HTTPS?(?:[^A-Z0-9${BLANK}]|M!)|WWW\\.)`,
);
const TYPED_AT_END = new RegExp(`(?:[A-Z0-9]${GAP})*$`);
const EDGES = new RegExp(`^[${BLANK}]+|[^A-Z0-9]+$`, "g");
const KINDS = { T: "item", B: "card" };

/**
 * Make sense of whatever was scanned or typed.
 *
 * @param {string} text
 * @returns {{outcome: "code"|"wrong-check"|"foreign"|"too-long"|"text",
 *            code: string|null, kind: "item"|"card"|null}}
 */
export function readCode(text) {
  if (text.length > MAX_LENGTH) return reading("too-long");
  const plain = text
    .replace(/[a-z]+/g, (small) => small.toUpperCase())
    .replace(EDGES, "");
  const [letters, path] = split(plain);
  if (letters === null) {
    const foreign = plain.includes("://") || MACHINE_TEXT.test(plain);
    return reading(foreign ? "foreign" : "text");
  }
  const kind = KINDS[path] ?? null;
  if (weightedSum(letters) === SUM) return reading("code", letters, kind);
  const typed = onlyLetters(TYPED_AT_END.exec(plain)[0]);
  if (!path && typed.length > MAX_LETTERS) return reading("too-long");
  return reading("wrong-check", letters, kind);
}

function reading(outcome, code = null, kind = null) {
  return { outcome, code, kind };
}

function split(plain) {
  if (plain.includes("://")) {
    const match = OUR_URL.exec(plain);
    return match ? [onlyLetters(match[2]), match[1]] : [null, ""];
  }
  const code = CODE_AT_END.exec(plain);
  if (code === null) return [null, ""];
  const path = PATH_AT_END.exec(plain.slice(0, code.index));
  return [onlyLetters(code[0]), path ? path[1] : ""];
}

function onlyLetters(text) {
  return text.replace(/[^A-Z0-9]/g, "");
}

function weightedSum(letters) {
  let total = 0;
  for (const letter of letters) {
    total <<= 1;
    if (total & 0b10000) total ^= 0b10011;
    total ^= ALPHABET.indexOf(letter);
  }
  return total;
}
