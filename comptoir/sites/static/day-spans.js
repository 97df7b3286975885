// Hours of one day in minutes from its midnight, as a day's bar draws and changes them.
// The rules are those of comptoir/sites/opening_hours.py: what begins in the afternoon may
// go past midnight, until six; 0:00 as a closing time is midnight.

export const STEP = 15;
export const MIDNIGHT = 24 * 60;
export const NIGHT_ENDS = 30 * 60;
const AFTERNOON = 12 * 60;

const minutes = (text) => {
  const [hours, rest] = text.split(":").map(Number);
  return hours * 60 + rest;
};
const latest = (opens) => (opens >= AFTERNOON ? NIGHT_ENDS : MIDNIGHT);
const between = (value, least, most) => Math.max(least, Math.min(value, most));

// As a browser's time field has it, which knows no 24:00.
export function clock(at) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor((at % MIDNIGHT) / 60))}:${two(at % 60)}`;
}

// The span that two time fields say, or null where one is empty or they make none.
export function spanOf(opensText, closesText) {
  if (![opensText, closesText].every((text) => /^\d\d:\d\d$/.test(text))) return null;
  const opens = minutes(opensText);
  let closes = minutes(closesText) || MIDNIGHT;
  if (closes <= opens) closes += MIDNIGHT;
  return closes <= latest(opens) ? { opens, closes } : null;
}

// The room around a moment of a day that others leave: those of the day itself, the night
// that began the day before, and what opens the day after.
export function room(at, others, nightBefore, openingAfter) {
  const ends = others.map((each) => each.closes).filter((end) => end <= at);
  const starts = others.map((each) => each.opens).filter((start) => start >= at);
  return {
    from: Math.max(0, nightBefore - MIDNIGHT, ...ends),
    until: Math.min(NIGHT_ENDS, openingAfter + MIDNIGHT, ...starts),
  };
}

// How far each end of a span may go without reaching the other, or somebody else's hours.
export function limits({ opens, closes }, { from, until }) {
  const start = closes > MIDNIGHT ? Math.max(from, AFTERNOON) : from;
  return {
    opens: [Math.min(start, opens), Math.min(closes, MIDNIGHT) - STEP],
    closes: [opens + STEP, Math.max(Math.min(until, latest(opens)), closes)],
  };
}

// The span with one end as near as it may come to a moment.
export function withEnd(span, end, at, space) {
  return { ...span, [end]: between(at, ...limits(span, space)[end]) };
}

// The span as long as it is, opening as near as it may to a moment.
export function moved({ opens, closes }, at, { from, until }) {
  const length = closes - opens;
  let start = between(at, from, Math.min(until - length, MIDNIGHT - STEP));
  if (start + length > latest(start)) start = MIDNIGHT - length;
  return start < from ? { opens, closes } : { opens: start, closes: start + length };
}

// A span between two moments of the room, at least one step long; null if there is none.
export function painted(one, other, { from, until }) {
  const opens = between(Math.min(one, other), from, MIDNIGHT - STEP);
  const closes = Math.min(Math.max(one, other, opens + STEP), until, latest(opens));
  return closes - opens >= STEP ? { opens, closes } : null;
}

// An hour that is free, with an hour's pause on both sides if there is one; nine o'clock first.
export function freeHour(others, nightBefore, openingAfter) {
  const half = 30;
  const starts = Array.from({ length: 48 }, (_, n) => (n * half + 9 * 60) % MIDNIGHT);
  for (const pause of [60, 0]) {
    for (const opens of starts.filter((start) => start <= MIDNIGHT - 60)) {
      const taken = others.some((each) => each.opens < opens + 60 && opens < each.closes);
      const { from, until } = room(opens, others, nightBefore, openingAfter);
      const before = from === 0 ? 0 : pause;
      const after = until === NIGHT_ENDS ? 0 : pause;
      if (!taken && from + before <= opens && opens + 60 + after <= until) {
        return { opens, closes: opens + 60 };
      }
    }
  }
  return null;
}
